"""Training noise against test noise (lecture, part A5): every denoiser at every strength, as it was measured."""

from demos.denoise.bench.handlers import names
from demos.denoise.compare.handlers import analysis, few, labels, listed, noise_grid
from demos.kit.room import Room
from training import checkpoints
from training.checkpoints import Checkpoint
from training.measures.denoisers import FILTERS


def autoencoders() -> list[Checkpoint]:
    """The lecture's autoencoders of the table, each trained at one strength (0: none) or blind; no student's."""
    measured = {row["network"] for row in analysis()["rows"]}
    kinds = ("autoencoder", "denoising-autoencoder")
    return [one for one in checkpoints.denoisers() if one.kind in kinds and one.name in measured and not one.yours]


def grid_numbers() -> dict:
    """What the lesson of the table says, read from the table and from the recipes of its networks."""
    table = analysis()
    return {
        "pictures": f"{max(row['pictures'] for row in table['rows']):,}",
        "few": f"{few():,}",
        "seed": table["seed"],
        "spread": spread(),
        "winners": winners(),
        "weak": weak(),
        "everywhere": everywhere(),
        "blind": blind(),
        "alike": alike(),
    }


def spread() -> str:
    """How sure the table's means are: the widest intervals of networks and of filters, with any noise at all."""
    rows = [row for row in analysis()["rows"] if "psnr_spread" in row]
    if not rows:
        return ""
    wide = {
        filters: max(max(row["psnr_spread"][1:]) for row in rows if (row["network"] in FILTERS) == filters)
        for filters in (False, True)
    }
    return (
        f" The intervals of 95 % of the PSNRs are at most \u00b1 {wide[False]:.2f} dB wide for the networks and "
        f"\u00b1 {wide[True]:.2f} dB for the filters."
    )


def psnr_at(name: str, strength: float) -> float:
    """The table's mean PSNR (dB) of a denoiser at a strength of Gaussian noise."""
    table = analysis()
    row = next(row for row in table["rows"] if row["network"] == name)
    return row["psnr"][table["strengths"].index(strength)]


def specialists() -> dict[float, str]:
    """Strength of the training noise -> the autoencoder that was trained at it alone; without the plain one."""
    return {one.noise: one.name for one in autoencoders() if isinstance(one.noise, float) and one.noise > 0}


def winners() -> str:
    """Which of the autoencoders trained at one strength is best at each of these strengths."""
    trained = specialists()
    best = {at: max(trained, key=lambda own, at=at: psnr_at(trained[own], at)) for at in sorted(trained)}
    own = [at for at in best if best[at] == at]
    if len(own) == len(best):
        numbers = listed([f"{psnr_at(trained[at], at):.1f} dB at {at}" for at in best])
        return f"Among the autoencoders trained at one strength, each is the best at its own ({numbers})."
    others = listed([f"at {at} the one trained at {best[at]} is" for at in best if best[at] != at])
    return f"Among the autoencoders trained at one strength, each is the best at its own, but {others}."


def weak() -> str:
    """What the bottleneck costs where the noise is weak: the best autoencoder against the best of all, at 0.1."""
    table = analysis()
    best = max((row["network"] for row in table["rows"]), key=lambda name: psnr_at(name, 0.1))
    own = max(psnr_at(one.name, 0.1) for one in autoencoders())
    if best in {one.name for one in autoencoders()}:
        return ""
    return (
        "Weak noise never hid the detail that a code of 64 numbers drops: at 0.1 the best of all is "
        f"{labels().get(best, best)} with {psnr_at(best, 0.1):.1f} dB, the best autoencoder reaches {own:.1f} dB."
    )


def everywhere() -> str:
    """Whether one network is the best at every strength, told none."""
    table = analysis()
    told = {row["network"] for row in table["rows"] if row["trained_on"] == "told"}
    nets = [name for name in labels() if name not in told and any(r["network"] == name for r in table["rows"])]
    noisy = [strength for strength in table["strengths"] if strength > 0]
    won = {name: 0 for name in nets}
    for strength in noisy:
        won[max(nets, key=lambda name, at=strength: psnr_at(name, at))] += 1
    best = max(won, key=lambda name: won[name])
    if won[best] == len(noisy):
        winner = f"One network is the best at every strength from {noisy[0]} to {noisy[-1]}: {labels()[best]}."
        if checkpoints.describe(best).noise != "blind":
            return winner
        return winner + (
            " It saw every strength in training. To match the noise is one way to be good at a strength; to have seen "
            "them all is another."
        )
    return f"No network is the best everywhere: {labels()[best]} wins {won[best]} of the {len(noisy)} columns."


def signed(value: float) -> str:
    """A number with one digit and its sign; 0.0 has none."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "\u2212")


def blind() -> str:
    """What the autoencoder trained blind loses to the specialist of each strength, if the two were trained alike."""
    trained = specialists()
    generalist = next((one for one in autoencoders() if one.noise == "blind"), None)
    if generalist is None or not trained:
        return ""
    cost = {at: psnr_at(name, at) - psnr_at(generalist.name, at) for at, name in sorted(trained.items())}
    words = listed([f"{signed(loss)} dB at {at}" for at, loss in cost.items()])
    unlike = [at for at, name in trained.items() if checkpoints.describe(name).differs_from(generalist) - {"noise"}]
    sentence = f"What being blind costs the autoencoder against the specialist of each strength: {words}."
    if unlike:
        sentence += (
            f" Not a fair price yet: those trained at {listed([str(at) for at in sorted(unlike)])} "
            "differ from the blind one in more than the noise."
        )
    return sentence


def alike() -> str:
    """Whether the autoencoders of the table differ in nothing but the noise, and for how long each was trained."""
    nets = autoencoders()
    epochs = sorted({one.recipe.get("epochs", 0) for one in nets})
    differ = {setting for one in nets for setting in one.differs_from(nets[0])} - {"noise"}
    if not differ:
        return f"All autoencoders of the table were trained alike, for {epochs[0]} epochs; only the noise differs."
    if differ == {"epochs"}:
        lengths = listed([f"{one.noise} for {one.recipe['epochs']}" for one in nets])
        return (
            f"The autoencoders were not trained for equally many epochs (noise {lengths}): a row may win by patience."
        )
    return f"The autoencoders of the table differ in {listed(sorted(differ))} too."


def stale() -> list[str]:
    """Networks that were trained anew since their row was measured: the catalogue has other weights of them."""
    known, entries = [row for row in analysis()["rows"] if row["network"] in names()], checkpoints.catalogue()
    return [row["network"] for row in known if row.get("sha256") not in (None, entries[row["network"]]["sha256"])]


def props() -> dict:
    """What the denoisers are called, which learned nothing, which are networks of ours, and which lack a row."""
    measured = {row["network"] for row in analysis()["rows"]}
    trained = specialists()
    generalist = next((one.name for one in autoencoders() if one.noise == "blind"), None)
    return {
        "labels": labels(),
        "classical": list(FILTERS),
        "names": list(names()),
        "yours": [one.name for one in checkpoints.denoisers() if one.yours],
        "unmeasured": [name for name in names() if name not in measured],
        "stale": stale(),
        "price": {"at": 0.3, "specialist": trained.get(0.3), "blind": generalist},
    }


ROOM = Room(calls=(noise_grid,), props=props, numbers=grid_numbers, endpoints={"noise_grid": noise_grid})
