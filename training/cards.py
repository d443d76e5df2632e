"""Write the model cards anew, and the table of all networks in README.md, from what each metrics.json says.

python -m training.cards              # write the cards of all checkpoints anew, with pictures
python -m training.cards vae vae-2d   # of these
python -m training.cards --readme     # the table of all in README.md
"""

import sys
from pathlib import Path

from training.store import checkpoints, files
from training.store.cards import DATASETS, card, kind, made, numbers, picture, table

__all__ = ["card", "kind", "made", "numbers", "picture", "readme_table", "write", "write_readme"]


def write(name: str) -> None:
    """Write the card of weights/<name>, and its pictures, from what stands there."""
    for filename, content in made(checkpoints.load(name), name, checkpoints.metrics(name)).items():
        files.write(checkpoints.folder(name) / filename, content)


def readme_table() -> str:
    """The table of all checkpoints for README.md: what each is, what it reached, how large it is."""
    rows = []
    for name in checkpoints.names():
        metrics, config = checkpoints.metrics(name), checkpoints.config(name)
        size = (checkpoints.folder(name) / checkpoints.TENSORS).stat().st_size
        what, tags, _ = kind(name, metrics, config)
        code = f", {config['latent_dim']} numbers" if "latent_dim" in config else ""
        beta = metrics.get("recipe", {}).get("beta", 1.0)
        beta = f", beta {beta:g}" if beta != 1.0 and not config.get("deterministic") else ""
        dataset = DATASETS.get(metrics.get("dataset", ""), (None, "-"))[1]
        reached = _reached(metrics.get("test", {}), "denoising" in tags)
        parameters = f"{metrics.get('parameters', 0):,}"
        rows.append((f"`{name}`", what + code + beta, dataset, reached, parameters, f"{size / 1e6:.2f} MB"))
    return table(("checkpoint", "what it is", "data", "on the test set", "parameters", "size"), rows)


def write_readme(path: Path) -> None:
    """Put the table of checkpoints into README.md, between its two marks."""
    text = path.read_text("utf-8")
    start = text.index("\n", text.index("<!-- checkpoints")) + 1
    end = text.index("<!-- end -->", start)
    files.write(path, f"{text[:start]}{readme_table()}\n{text[end:]}".encode())


def _reached(test: dict, denoises: bool) -> str:
    """The number that matters most for this kind of network, with its unit."""
    ways = [("accuracy", "{:.2%} right"), ("nats", "{:.1f} nats"), ("mse", "MSE {:.5f}"), ("psnr", "{:.2f} dB")]
    for key, way in reversed(ways) if denoises else ways:
        if key in test:
            return way.format(test[key])
    return "see its card"


def main(argv: list[str] | None = None) -> None:
    """Write the cards named, or all; or the README's table."""
    names = sys.argv[1:] if argv is None else argv
    if names == ["--readme"]:
        return write_readme(Path(__file__).resolve().parent.parent / "README.md")
    for name in names or checkpoints.names():
        try:
            write(name)
        except (OSError, ValueError) as error:
            sys.exit(str(error))
        print(checkpoints.folder(name) / checkpoints.CARD)


if __name__ == "__main__":
    main()
