"""What the lessons of this tab say, computed from the weights and the analyses: each sentence beside its test."""

import re

import numpy as np
import pytest
import torch

from demos.latents import measured, spaces
from demos.latents.bottleneck import handlers as bottleneck
from demos.latents.disturb import handlers as disturb
from demos.latents.history import handlers as history
from demos.latents.holes import handlers as holes
from demos.latents.maps import handlers as maps
from demos.latents.probes import handlers as probes
from demos.latents.samples import handlers as samples
from demos.latents.summary import handlers as summary
from demos.latents.widths import handlers as widths
from training import checkpoints
from training.data import datasets
from training.data.strokes import example_strokes, rasterise
from training.models.vae import bernoulli_nats, kl_per_dimension, reparameterise
from training.store import encoded

needs_numbers = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")
needs_curves = pytest.mark.skipif(not measured.numbers("latents_probes"), reason="latents_probes.json is missing")
HOUSE = [[[0.2, 0.5], [0.5, 0.15], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9], [0.2, 0.5], [0.8, 0.5]]]


def test_a_house_comes_out_as_a_house_of_64_numbers_and_not_of_2_or_8():
    house = rasterise(HOUSE)
    error = {cell["width"]: cell["mse"] for cell in widths.rebuild(house.tolist())["rows"]["AE"]}
    nothing = float(np.square(house).mean())  # of an empty picture
    assert error[64] < 0.2 * nothing
    assert error[8] > 2 * error[64]
    assert error[2] > 4 * error[64]


def test_the_winner_under_each_loss_is_counted_on_the_ten_examples():
    rows = [bottleneck.squeeze(rasterise(example_strokes(digit)))["losses"] for digit in range(10)]
    for loss in ("mse", "bce"):
        wins = sum(row["autoencoder"][loss] < row["autoencoder-bce"][loss] for row in rows)
        assert f"smaller {loss.upper()} on {wins}" in bottleneck.findings()["losses"]


@needs_numbers
def test_holes_are_told_against_the_codes_themselves_in_both_pairs():
    answer = holes.findings()["answer"]
    for twins in ("lecture", "deep"):
        for key in holes.twins_of(twins):
            found = measured.numbers()["spaces"][key]["holes"]
            assert holes.share(found["between"]["none"]) in answer
            assert holes.share(found["codes"]["none"]) in answer
            gap = found["between"]["none"]["share"] - found["codes"]["none"]["share"]
            apart, low, high = measured.excess(key)
            assert apart == pytest.approx(gap)
            assert low < gap < high
            assert holes.points((apart, low, high)) in answer


@needs_numbers
@pytest.mark.parametrize(
    ("ae", "vae", "words"),
    [
        ((0.4, 0.35, 0.45), (0.1, 0.05, 0.15), "the VAE has fewer holes"),
        ((0.4, 0.35, 0.45), (0.42, 0.37, 0.47), "no clear difference in holes"),
        ((0.1, 0.05, 0.15), (0.4, 0.35, 0.45), "the VAE that has more"),
        ((-0.1, -0.15, -0.05), (0.0, -0.05, 0.05), "no holes for a KL term to fill"),
    ],
)
def test_what_is_said_of_the_holes_follows_their_intervals(monkeypatch, ae, vae, words):
    excess = {"ae": ae, "vae": vae}
    monkeypatch.setattr(measured, "excess", lambda key: excess[measured.method_of(key.split("/")[0])])
    assert words in holes.pair_in_words("lecture")
    verdict = {"no holes for a KL term to fill": "no holes in either", "no clear difference in holes": "no clear"}
    assert verdict.get(words, "") in summary._holes()[3]


@needs_numbers
def test_the_samples_sentence_states_the_measured_shares_with_their_intervals():
    answer = samples.findings()["answer"]
    for key in ("autoencoder-2d/2", "vae-2d/2", "vae/32"):
        for kind in ("prior", "mixture"):
            share = measured.numbers()["spaces"][key]["samples"][kind]["recognised"]
            assert f"{100 * share:.0f} % (95 % interval" in answer
        rebuilt = measured.numbers()["spaces"][key]["rebuilt"]["recognised"]
        assert samples.spoken(rebuilt) in answer


@pytest.mark.parametrize(
    ("prior", "mixture", "words"),
    [(0.1, 0.7, "do not lie as its prior"), (0.5, 0.51, "not differ"), (0.7, 0.1, "better")],
)
@needs_numbers
def test_what_is_said_of_the_vaes_prior_follows_the_intervals(prior, mixture, words):
    shares = {"prior": prior, "mixture": mixture}
    assert words in samples.mismatch({"samples": {kind: {"recognised": share} for kind, share in shares.items()}})


@needs_curves
def test_a_code_worse_than_pixels_at_ten_labels_is_named_as_not_better():
    found = measured.numbers("latents_probes")["spaces"]
    by_method = re.findall(r"not better: (.*?)\.", probes.few())
    for method, words in zip(("knn", "linear"), by_method, strict=True):
        own = found["pixels"][method][0]["accuracy"]
        for space in (space for name, space in found.items() if name != "pixels"):
            assert (space["title"] in words) == (space[method][0]["accuracy"] <= own)


def test_the_sparse_codes_sentence_follows_its_measurements(monkeypatch):
    monkeypatch.setattr(probes, "units", lambda name: [{"fires": 0.16, "share": 0.9}] * 3)
    assert "16 %" in probes.sparse()
    assert "mostly one part" in probes.sparse()
    monkeypatch.setattr(probes, "units", lambda name: [{"fires": 0.5, "share": 0.3}] * 3)
    assert "not one part" in probes.sparse()
    monkeypatch.setattr(probes, "units", lambda name: [])
    assert probes.sparse() == ""


def test_twins_differ_in_nothing_but_the_kl_term_and_its_noise():
    for one, other in (("autoencoder-2d", "vae-2d"), ("autoencoder-deep-2d", "vae-deep-2d"), ("vae-beta-0", "vae")):
        assert checkpoints.describe(one).differs_from(checkpoints.describe(other)) <= {"beta", "deterministic"}


def test_what_a_network_is_comes_from_its_config():
    assert {name: measured.method_of(name) for name in ("pca", "vae-beta-0", "vae", "autoencoder")} == {
        "pca": "pca", "vae-beta-0": "ae", "vae": "vae", "autoencoder": "ae",
    }  # fmt: skip
    assert all(space["method"] == measured.method_of(space["name"]) for space in spaces.atlas()["spaces"])


def test_the_widths_were_trained_for_equally_many_epochs():
    names = [name for method in ("AE", "VAE") for name, _ in widths.ladder()[method]]
    assert {checkpoints.describe(name).recipe["epochs"] for name in names} == {16}


@needs_numbers
def test_a_difference_within_the_seeds_spread_is_no_clear_difference(monkeypatch):
    monkeypatch.setattr(summary, "_scatter", lambda: 1.0)
    assert "no clear difference" in summary._quality()[3]
    monkeypatch.setattr(summary, "_scatter", lambda: 0.0)
    assert "no clear difference" not in summary._quality()[3]


needs_history = pytest.mark.skipif(not history.shared(), reason="no history of the twins in weights/")


@needs_history
def test_the_untrained_network_puts_all_codes_in_one_clump_and_the_classes_part():
    for by_epoch in history.clouds().values():
        first, last = by_epoch[0], by_epoch[max(by_epoch)]
        assert first["spread"] < 0.05 * last["spread"]
        assert last["within"] < 0.5 * first["within"]


@needs_history
def test_where_the_clouds_go_is_said_as_it_was_stored():
    answer = history.findings()["answer"]
    for by_epoch in history.clouds().values():
        far, last = max(one["middle"] for one in by_epoch.values()), by_epoch[max(by_epoch)]["middle"]
        assert f"({far:.1f}) and ends at {last:.1f}" in answer


@needs_numbers
def test_pca_fades_one_picture_into_the_other_and_the_networks_do_not():
    bend = {}
    for name in ("pca", "autoencoder-2d", "vae-2d"):
        made = maps.walk(maps.FIRST, maps.SECOND, name, 17)["pictures"].reshape(17, -1)
        t = np.linspace(0, 1, 17)[:, None]
        faded = (1 - t) * made[0] + t * made[-1]
        bend[name] = float(np.square(made - faded).mean() / np.square(made[0] - made[-1]).mean())
    assert bend["pca"] < 0.02 < min(bend["autoencoder-2d"], bend["vae-2d"])


@needs_numbers
def test_the_paths_sentence_states_each_space_and_names_a_best_only_beyond_the_spread():
    told = maps.findings()
    for twins, words in (("lecture", told["answer"]), ("deep", told["deep"])):
        for key in measured.measured_spaces(2, twins):
            share = measured.numbers()["spaces"][key]["paths"]["recognised"]
            assert f"{measured.title(key)} {100 * share:.0f} %" in words
    for vae, words in ((0.99, "most of them in VAE"), (0.5, "do not differ clearly")):
        paths = {
            key: {"pairs": 200, "recognised": vae if key == "vae-2d/2" else 0.5, "error": 0.02, "of_an_end": 0.7}
            for key in measured.measured_spaces(2)
        }
        assert words in maps.in_words(paths)


@needs_numbers
def test_in_plain_units_the_autoencoder_looks_the_sturdier_for_its_codes_lie_farther_apart():
    for ae, vae in (("autoencoder-2d/2", "vae-2d/2"), ("vae-beta-0/32", "vae/32")):
        assert disturb.kept(ae, "plain", 1.0) > disturb.kept(vae, "plain", 1.0)
        entries = measured.numbers()["spaces"]
        assert entries[ae]["spread"] > 1.5 * entries[vae]["spread"]


@needs_numbers
def test_the_sturdier_is_named_only_beyond_the_spread(monkeypatch):
    for ae, vae, words in ((0.50, 0.51, "no clear"), (0.9, 0.2, "autoencoder is"), (0.2, 0.9, "VAE is sturdier")):
        shares = {"ae": ae, "vae": vae}
        monkeypatch.setattr(
            disturb, "kept", lambda key, *_, shares=shares: shares[measured.method_of(key.split("/")[0])]
        )
        assert words in disturb.findings()["answer"]


def test_what_a_wider_code_brings_is_read_from_the_metrics():
    answer, rows = widths.findings()["answer"], widths.curves()
    for method, found in rows.items():
        mse = {row["width"]: row["mse"] for row in found}
        assert sorted(mse.values(), reverse=True) == [mse[width] for width in sorted(mse)]  # each wider code errs less
        before, last = sorted(mse)[-2:]
        assert (
            f"{widths.TITLES[method]} from {before} to {last} numbers {100 * (1 - mse[last] / mse[before]):.0f} %"
            in answer
        )
    assert f"The widest VAE here has {widths.active()['width']} numbers" in answer


@needs_numbers
def test_the_causes_of_sturdiness_are_the_measured_scales_and_the_noise_of_the_training(monkeypatch):
    said, found = disturb.props()["answer"], measured.numbers()["spaces"]
    for ae, vae, width in (("autoencoder-2d/2", "vae-2d/2", 2), ("vae-beta-0/32", "vae/32", 32)):
        far = [found[key]["spread"] for key in (ae, vae)]
        assert f"{far[0]:.1f} against {far[1]:.1f} with {width} numbers" in said
        stored = encoded.load(vae.split("/")[0])
        sigma, codes = np.exp(0.5 * stored["log_var"]), stored["points"]
        share = np.sqrt(np.square(sigma).mean() / np.square(codes - codes.mean(0)).mean())
        assert f"{100 * share:.0f} % with {width} numbers" in said
        assert "log_var" not in encoded.load(ae.split("/")[0])  # its twin learned with none
    close = {key: entry | {"spread": 1.0} for key, entry in found.items()}
    monkeypatch.setattr(measured, "numbers", lambda: {"spaces": close})
    assert "farther apart" not in disturb.causes()


def test_a_number_of_the_code_costs_at_least_the_nats_that_it_tells_about_the_picture():
    """E KL(q(z|x) | p) = I(x; z) + KL(q(z) | p): the mutual information is estimated from 2,000 draws of each."""
    stored = encoded.load("vae")
    mu, log_var = (torch.from_numpy(stored[key]).double() for key in ("points", "log_var"))
    z = reparameterise(mu, log_var, torch.Generator().manual_seed(0))[:2000]
    cost = kl_per_dimension(mu[:2000], log_var[:2000]).mean(0)
    for i in range(mu.shape[1]):
        densities = torch.distributions.Normal(mu[:, i], (0.5 * log_var[:, i]).exp()).log_prob(z[:, i, None])
        tells = densities.diagonal() - (densities.logsumexp(1) - np.log(len(mu)))
        assert float(tells.mean()) <= float(cost[i]) + 3 * float(tells.std()) / len(z) ** 0.5
    off = kl_per_dimension(mu, log_var).mean(0) <= 0.01
    assert int(off.sum()) == widths.active()["width"] - widths.active()["active"]
    assert float(mu[:, off].abs().mean()) < 0.1
    assert (0.5 * log_var[:, off]).exp().mean().item() == pytest.approx(1, abs=0.05)
    for name in ("pca", "autoencoder"):
        spread = encoded.load(name)["points"].std(0)
        assert spread.min() > 0.1 * spread.max()  # all are in use


@pytest.mark.data
def test_the_dearest_numbers_save_many_times_their_price_and_the_cheapest_hardly_anything(data_dir):
    images = datasets.load("digits", "test", data_dir)[0][::25]
    network = checkpoints.load("vae")
    with torch.inference_mode():
        mu, log_var = network.encode(images)
        z = reparameterise(mu, log_var, torch.Generator().manual_seed(0))
        cost, whole = kl_per_dimension(mu, log_var).mean(0), bernoulli_nats(network.decode(z), images).mean()
        without = torch.eye(32, dtype=torch.bool)  # one number at its prior's mean instead
        saves = torch.stack(
            [bernoulli_nats(network.decode(z.masked_fill(one, 0)), images).mean() - whole for one in without]
        )
    order = cost.argsort()
    assert (saves[order[-10:]] > 3 * cost[order[-10:]]).all()
    assert (saves[order[:4]] < 0.2).all()


def test_at_two_numbers_both_have_the_same_layers_and_at_others_the_autoencoder_is_smaller():
    layers = {
        method: {width: checkpoints.describe(name).architecture for name, width in members}
        for method, members in widths.ladder().items()
    }
    assert layers["AE"][2] == layers["VAE"][2]
    size = {name: sum(p.numel() for p in checkpoints.load(name).parameters()) for name in ("autoencoder-32d", "vae")}
    assert size["autoencoder-32d"] < size["vae"]
    assert all(layers["AE"][width] != layers["VAE"][width] for width in (8, 16, 32))
