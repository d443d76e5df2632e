"""Every sentence of this tab that states a number, a comparison or a cause, and the test that computes it.

A sentence that is mended without its test fails here, and so does a test that goes.
"""

import math
import re
from pathlib import Path

import pytest
import torch

from demos.kit import networks
from demos.softmax import TAB
from demos.softmax.chain import handlers as chain
from demos.softmax.classify import handlers as classify
from demos.softmax.decide import handlers as decide
from demos.softmax.errors import handlers as errors
from demos.softmax.stability import handlers as stability
from demos.softmax.train import handlers as train_here
from tests.claims import names_of_tests, words_of
from training import checkpoints
from training.data import datasets
from training.data.strokes import made_digits
from training.train_softmax import Settings, evaluate, train

TESTS = Path(__file__).parent
CLAIMS = [  # (room, words of its lesson or view, the test that computes them)
    ("classify", "with $b_k$ they sum to the logit **exactly**", "test_contributions_and_bias_sum_to_the_logit"),
    ("classify", "it reads {digits} of the MNIST test digits", "test_every_accuracy_comes_with_its_interval"),
    ("classify", "the largest of them is *which*", "test_the_largest_logit_has_the_largest_probability"),
    ("chain", "is exactly 0 in float64 from picture {died} on", "test_the_untrained_product_becomes_0_there"),
    ("chain", "Double both", "doubling W and b of a network that is right makes its loss smaller; W alone need not"),
    ("chain", "no weight can move", "on a black picture one step moves the biases and no weight"),
    ("chain", "falls as long as W grows", "the loss falls as long as W grows, and is never 0"),
    ("chain", "The label of cat is 0", "test_one_hot_has_its_one_at_the_label"),
    ("logits", "the one in the middle disappears", "least squares masks the group in the middle"),
    ("logits", "{least}", "test_least_squares_is_worse_and_gives_no_probabilities"),
    ("train", "The same seed gives the same bits", "test_the_page_and_the_script_end_in_the_same_bits"),
    ("train", "do not get there", "test_ten_epochs_end_above_the_optimum"),
    ("train", "It does, just as well", "test_a_start_at_0_learns_as_well"),
    ("train", "0.01 is after ten epochs about where 0.1", "test_what_the_learning_rates_do"),
    ("train", "the test loss jumps from epoch to epoch", "test_what_the_learning_rates_do"),
    ("train", "stays above 0.8 nats", "test_what_the_learning_rates_do"),
    ("train", "no digit has ink there", "test_the_corners_keep_the_first_noise"),
    ("stability", "beyond float16, bfloat16 and float32", "test_exp_of_100_is_infinite_and_softmax_nan"),
    ("stability", "first the answer is wrong, then 0/0", "test_below_minus_100_float32_is_wrong_before_it_is_nan"),
    ("stability", "the one is infinite in float32 and the other is 100", "test_sum_and_log_sum_exp_of_a_hundred"),
    ("stability", "It learns all the", "test_softmax_twice_learns_less_and_stays_above_its_floor"),
    ("errors", "moved by three pixels meets the wrong weights", "test_three_pixels_aside_the_linear_model_errs_more"),
    ("errors", "{halves}", "test_what_is_said_of_the_halves_follows_the_intervals"),
    ("errors", "{cnn_digits} on digits against {digits}", "test_every_accuracy_comes_with_its_interval"),
    ("decide", "its weights are still short", "test_the_lectures_network_is_too_modest_because_its_weights_are_short"),
    ("decide", "It changes no decision", "test_no_temperature_changes_a_decision_and_costs_do"),
    ("decide", "never both be above one half", "test_two_classes_are_never_both_above_one_half"),
    ("decide", "test pairs the two highest sigmoids", "test_the_pairs_are_counted_as_they_were_drawn"),
    ("exercises", "Where does the loss end", "two equal pictures with different labels: the loss ends at ln 2"),
    ("exercises", "What is the perplexity", "test_a_half_and_nine_equal_have_perplexity_6"),
    ("exercises", "How many epochs reach the test loss", "test_whole_batches_reach_one_epoch_within_fifty"),
    ("exercises", "find the largest $o$", "test_the_largest_logit_of_float16"),
    ("exercises", "at most ten of the test shirts", "test_a_cost_on_the_slider_saves_all_but_ten_shirts"),
]  # fmt: skip
needs_analysis = pytest.mark.skipif(not errors.analysed("digits"), reason="weights/analysis/softmax.npz is missing")


@pytest.mark.parametrize(("room", "words", "test"), CLAIMS)
def test_a_claim_stands_on_the_page_and_is_computed(room, words, test):
    files = [*TAB.folder(room).glob("lesson.en.md"), *TAB.folder(room).glob("*.js")]
    assert words in words_of(files)
    assert test in names_of_tests([*TESTS.glob("test_*.py"), *TESTS.glob("*_test.js")])


# ---- what is measured ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", errors.SHOWN_NETWORKS)
def test_every_accuracy_comes_with_its_interval(name):
    share, low, high = map(float, re.findall(r"\d+\.\d", classify.tested(name)))
    assert low < share < high < low + 2
    assert share == pytest.approx(100 * checkpoints.metrics(name)["test"]["accuracy"], abs=0.05)


def test_the_largest_logit_has_the_largest_probability():
    for picture in made_digits(5, seed=3)[0][:, 0].tolist():
        answer = classify.classify(picture)
        ranks = [sorted(range(10), key=answer[key].__getitem__) for key in ("logits", "probabilities")]
        assert ranks[0] == ranks[1]


def test_the_untrained_product_becomes_0_there():
    died = int(chain.numbers()["died"].replace(",", ""))
    right = [chain.linear_model(x=list(x), label=label)["probabilities"][label] for x, label in chain.EXAMPLES]
    logs = [math.log2(right[i % len(right)]) for i in range(died)]
    assert sum(logs) == pytest.approx(-1075, abs=1.5)  # 2^-1074 is the smallest number of float64, held with one bit


def test_least_squares_is_worse_and_gives_no_probabilities():
    least, soft = (checkpoints.metrics(name)["test"] for name in ("least-squares-digits", "softmax-digits"))
    assert least["accuracy"] < soft["accuracy"] - 0.02
    assert least["share_outside_0_1"] > 0.1
    assert least["smallest_output"] < 0
    assert least["largest_output"] > 1


def test_ten_epochs_end_above_the_optimum():
    told = train_here.numbers()
    assert float(told["lecture"]) > float(told["optimum"])
    assert float(told["penalty"]) > 0
    assert checkpoints.metrics("softmax-digits")["recipe"]["epochs"] == 10


def test_sum_and_log_sum_exp_of_a_hundred():
    naive = {step["name"]: step["values"] for step in stability.softmax([100, 0, 1], 1.0, "float32", False)["steps"]}
    assert naive["sum"] == ["inf"]
    assert stability.softmax([100, 0, 1], 1.0, "float32")["log_sum_exp"] == pytest.approx(100)


def test_softmax_twice_learns_less_and_stays_above_its_floor():
    double = stability.double_softmax()
    assert double is not None
    assert 0.5 < double["twice"]["accuracy"] < double["right"]["accuracy"]
    assert min(double["twice"]["loss"]) > double["floor"]
    certain = torch.zeros(10, dtype=torch.float64)
    certain[0] = 1
    assert float(-torch.log_softmax(certain, 0)[0]) == pytest.approx(double["floor"])


@needs_analysis
def test_what_is_said_of_the_halves_follows_the_intervals():
    first, first_low, first_high, last, last_low, last_high = map(float, re.findall(r"\d+\.\d", errors.halves())[:6])
    chosen = errors.analysis("softmax-digits")
    right = chosen.guess == chosen.labels
    assert first == pytest.approx(100 * right[:5000].mean(), abs=0.05)
    assert last == pytest.approx(100 * right[5000:].mean(), abs=0.05)
    assert first_low < first < first_high
    assert last_low < last < last_high
    assert ("are not alike" in errors.halves()) == (first_high < last_low or last_high < first_low)


@needs_analysis
def test_the_lectures_network_is_too_modest_because_its_weights_are_short():
    lecture, best = (errors.analysis(name).numbers for name in ("softmax-digits", "softmax-digits-best"))
    assert lecture["temperature"] < 0.9 < best["temperature"] < 1.1  # below 1: its logits are too small
    assert lecture["calibration_error_fitted"] < lecture["calibration_error"] / 2
    lengths = [float(networks.network(name).W.float().norm()) for name in ("softmax-digits", "softmax-digits-best")]
    assert lengths[0] < lengths[1]


def test_two_classes_are_never_both_above_one_half():
    for left in (2, 11, 500):
        assert sum(p > 0.5 for p in decide.pairs.two_garments(left, 9)["softmax"]) <= 1


@needs_analysis
def test_the_pairs_are_counted_as_they_were_drawn():
    labels = torch.tensor(errors.analysis("softmax-fashion").labels)
    other = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    assert int((labels != labels[other]).sum()) == decide.TEST_PAIRS
    told = decide.pairs_right()
    assert told is not None
    assert told["interval"][0] < told["right"] < told["interval"][1]
    assert abs(told["right"] * decide.TEST_PAIRS - round(told["right"] * decide.TEST_PAIRS)) < 0.01


def test_a_half_and_nine_equal_have_perplexity_6():
    answer = stability.softmax([math.log(9), *[0.0] * 9])
    entropy = -sum(p * math.log(p) for p in answer["probabilities"])
    assert answer["probabilities"][0] == pytest.approx(0.5)
    assert math.exp(entropy) == pytest.approx(6)


def test_the_largest_logit_of_float16():
    largest = math.log(torch.finfo(torch.float16).max)
    assert stability.softmax([largest - 0.01, 0], 1.0, "float16", False)["probabilities"][0] != "nan"
    assert stability.softmax([largest + 0.02, 0], 1.0, "float16", False)["probabilities"][0] == "nan"


@needs_analysis
def test_a_cost_on_the_slider_saves_all_but_ten_shirts():
    shirt, coat = 6, 4
    few = decide.decide("fashion", costly_true=shirt, costly_guess=coat, cost=10.0)
    many = decide.decide("fashion", costly_true=shirt, costly_guess=coat, cost=50.0)
    assert few["mistakes_after"] > 10 >= many["mistakes_after"]
    assert many["changed"] > few["changed"]


# ---- what is trained, on the data ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits(data_dir):
    """All training digits and the test digits."""
    return *datasets.load("digits", "all"), *datasets.load("digits", "test")


def course(digits, epochs: int = 10, **recipe) -> tuple[list[dict], torch.Tensor, float]:
    """The test numbers after every epoch, the last W, and the mean minibatch loss of the last epoch."""
    images, labels, *test = digits
    settings = Settings(name="x", dataset="digits", epochs=epochs, **recipe)
    steps, after, losses = -(-len(images) // settings.batch_size), [], []
    for now in train(settings, images, labels):
        losses.append(now.loss)
        if now.step % steps == 0:
            after.append(evaluate(now.network, settings, *test))
    return after, now.network.W.clone(), sum(losses[-steps:]) / steps


@pytest.mark.data
@pytest.mark.slow
def test_what_the_learning_rates_do(digits):
    runs = {rate: course(digits, learning_rate=rate) for rate in (0.01, 0.1, 1.0, 10.0)}
    loss = {rate: [one["cross_entropy"] for one in after] for rate, (after, _, _) in runs.items()}
    accuracy = {rate: [one["accuracy"] for one in after] for rate, (after, _, _) in runs.items()}
    assert loss[0.01][-1] == pytest.approx(loss[0.1][0], rel=0.03)
    assert loss[1.0][-1] == pytest.approx(loss[0.1][-1], abs=0.04)
    assert runs[1.0][2] < runs[0.1][2]  # the minibatches
    assert all(b <= a for a, b in zip(loss[0.1], loss[0.1][1:], strict=False))
    assert sum(b > a for a, b in zip(loss[1.0], loss[1.0][1:], strict=False)) >= 3
    assert min(loss[10.0]) > 0.8
    assert max(accuracy[10.0]) - min(accuracy[10.0]) > 0.1


@pytest.mark.data
@pytest.mark.slow
def test_a_start_at_0_learns_as_well(digits):
    zero, usual = (course(digits, sigma=sigma)[0][-1]["accuracy"] for sigma in (0.0, 0.01))
    assert zero == pytest.approx(usual, abs=0.003)


@pytest.mark.data
@pytest.mark.slow
def test_whole_batches_reach_one_epoch_within_fifty(digits):
    one = course(digits, epochs=1)[0][-1]["cross_entropy"]
    whole = [now["cross_entropy"] for now in course(digits, epochs=50, batch_size=60_000, learning_rate=0.5)[0]]
    assert whole[29] > one > whole[49]


@pytest.mark.data
def test_the_corners_keep_the_first_noise(digits):
    images, labels, *_ = digits
    assert float(images[:, 0, :2, :2].max()) == 0
    settings = Settings(name="x", dataset="digits", epochs=1)
    steps = train(settings, images[:2560], labels[:2560])
    first = next(steps).network.W[:2].clone()
    *_, last = steps
    assert torch.equal(last.network.W[:2], first)


@pytest.mark.data
def test_three_pixels_aside_the_linear_model_errs_more(digits):
    images, labels = digits[2], digits[3]
    chosen = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))[:1000]
    lost = {}
    for name in ("softmax-digits", "cnn-digits"):
        network = networks.network(name)
        with torch.no_grad():
            there, aside = (
                float((network(x.to(networks.device())).argmax(1).cpu() == labels[chosen]).float().mean())
                for x in (images[chosen], images[chosen].roll(3, -1))
            )
        lost[name] = there - aside
    assert lost["softmax-digits"] > 0.2
    assert lost["cnn-digits"] < lost["softmax-digits"] / 2
