"""What the seed changes, and what too little and too much training look like.

    python -m training.analyse_training

Trains the 2-d twins from five seeds, a few epochs each, and puts the results into their metrics.json ("seeds"); trains
one small network in three ways, with its two curves. All of it goes to weights/analysis/training.json.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from training import checkpoints, files, options, record, runs, train_autoencoder, train_vae
from training.options import setting

TWINS = {"vae-2d": {}, "autoencoder-2d": {"deterministic": True, "beta": 0.0}}


@dataclass
class Settings:
    name: str = setting("training", "name of the result: weights/analysis/<name>.json")
    dataset: str = setting("digits", "the data set")
    seeds: int = setting(5, "trainings of each twin, from seed 0 on")
    epochs: int = setting(2, "of each of them: a short training, the same for all")
    pictures: int = setting(500, "training pictures of the small network: few, so that they can be learned by heart")
    long: int = setting(100, "epochs of the overfitted and the underfitted run")
    short: int = setting(25, "epochs of the well fitted run")
    seed: int = setting(0, "of the small network")


def seeds(settings: Settings, images: Tensor, held_out: Tensor, test: Tensor) -> dict:
    """name of the twin -> its test numbers from each seed."""
    results = {}
    for name, changes in TWINS.items():
        results[name] = {"epochs": settings.epochs, "seeds": [], "mse": [], "reconstruction": []}
        for seed in range(settings.seeds):
            recipe = train_vae.Settings(
                name=f"{name} seed {seed}", latent_dim=2, epochs=settings.epochs, seed=seed, **changes
            )
            recipe.batch_size = min(recipe.batch_size, len(images))
            with runs.start(recipe.name, recipe, smoke=True) as run:  # keeps nothing
                network, _ = train_vae.train(recipe, images, held_out, run)
            numbers = train_vae.evaluate(network, recipe, test)
            results[name]["seeds"].append(seed)
            for key in ("mse", "reconstruction", *(("nats",) if "nats" in numbers else ())):
                results[name].setdefault(key, []).append(numbers[key])
    return record.rounded(results)


def fits(settings: Settings, images: Tensor, held_out: Tensor) -> dict:
    """Three runs of the lecture's autoencoder on few pictures: the curves by epoch and what each is an example of."""
    runs_ = {
        "underfitted": (settings.long, 3e-5, "steps far too small: both losses are still high at the end"),
        "fitted": (settings.short, 4e-3, "stopped while the held-out loss still falls"),
        "overfitted": (settings.long, 4e-3, "the training loss goes on falling, the held-out loss does not follow"),
    }
    results = {}
    for name, (epochs, learning_rate, what) in runs_.items():
        recipe = train_autoencoder.Settings(
            name=name, epochs=epochs, learning_rate=learning_rate, batch_size=min(25, len(images)), seed=settings.seed
        )
        with runs.start(name, recipe, smoke=True) as run:
            _, curves = train_autoencoder.train(recipe, images[: settings.pictures], held_out[:1000], run)
        results[name] = {"what": what, "recipe": dataclasses.asdict(recipe), "curves": curves}
    return record.rounded(results, 4)


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.seeds, settings.epochs, settings.long, settings.short = 2, 1, 2, 1
    (images, _), (held_out, _), (test, _) = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
    result = {"command": options.command("training.analyse_training", settings), "commit": record.commit()}
    result |= {"fitting": fits(settings, images, held_out), "seeds": seeds(settings, images, held_out, test)}
    print(json.dumps(result["seeds"]))
    if chosen.smoke:
        return
    path = checkpoints.WEIGHTS / "analysis" / f"{settings.name}.json"
    files.write(path, (json.dumps(result, indent=1) + "\n").encode())
    for name, spread in result["seeds"].items():
        metrics = checkpoints.metrics(name) | {"seeds": spread}
        files.write(checkpoints.WEIGHTS / name / checkpoints.METRICS, (json.dumps(metrics, indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
