"""All checkpoints and how each is made: one command makes the whole catalogue again.

python -m training.catalogue                  # everything, from the first to the last
python -m training.catalogue vae vae-2d       # these
python -m training.catalogue --resume         # go on where the last call was interrupted
python -m training.catalogue --list           # the commands, without running them
"""

import argparse
import importlib
import json
import shlex
from collections.abc import Sequence

from tqdm import tqdm

from training import checkpoints, files

ENTRIES = {  # name -> what stands behind `python -m training.`, with --out <name>
    "cnn-digits": "train_cnn",
    "softmax-digits": "train_softmax --dataset digits",
    "softmax-fashion": "train_softmax",
    "softmax-digits-best": "train_linear",
    "softmax-fashion-best": "train_linear",
    "least-squares-digits": "train_linear",
    "softmax-fashion-double": "train_linear",
    "sigmoid-fashion-pairs": "train_linear",
    "pca": "train_linear",
    "linear-denoiser": "train_linear",
    "vae": "train_vae",
    "vae-2d": "train_vae --latent-dim 2",
    "autoencoder-2d": "train_vae --latent-dim 2 --deterministic --beta 0",
    "autoencoder": "train_autoencoder",
    "denoising-autoencoder": "train_autoencoder --noise 0.3",
    "denoising-vae": "train_vae --noise 0.3",
    "denoising-autoencoder-blind": "train_autoencoder --noise blind --epochs 12",
    "sparse-autoencoder": "train_autoencoder --sparsity 0.0031 --epochs 12",
    "vae-beta-4": "train_vae --beta 4",
    "unet-denoiser": "train_unet --epochs 5",
    "vae-beta-0.1": "train_vae --beta 0.1 --epochs 5",
    "autoencoder-32d": "train_autoencoder --latent-dim 32 --epochs 7",
    "vae-beta-16": "train_vae --beta 16 --epochs 5",
    "autoencoder-16d": "train_autoencoder --latent-dim 16 --epochs 12",
    "vae-fashion": "train_vae --dataset fashion --epochs 6",
    "denoising-autoencoder-0.5": "train_autoencoder --noise 0.5 --epochs 7",
    "autoencoder-8d": "train_autoencoder --latent-dim 8 --epochs 7",
    "vae-2d-beta-4": "train_vae --latent-dim 2 --beta 4",
    "cnn-fashion": "train_cnn --dataset fashion --epochs 6 --turn 0 --shear 0 --no-strokes --mirror",
    "denoising-autoencoder-0.8": "train_autoencoder --noise 0.8 --epochs 6",
    "vae-beta-0": "train_vae --beta 0 --deterministic",
    "vae-2d-beta-0.1": "train_vae --latent-dim 2 --beta 0.1",
    "denoising-autoencoder-0.1": "train_autoencoder --noise 0.1 --epochs 6",
    "vae-beta-32": "train_vae --beta 32 --epochs 4",
    "autoencoder-bce": "train_autoencoder --loss bce",
    "vae-beta-0.5": "train_vae --beta 0.5",
    "vae-fashion-2d": "train_vae --dataset fashion --latent-dim 2 --epochs 4",
    "vae-2d-beta-0.5": "train_vae --latent-dim 2 --beta 0.5",
    "vae-2d-beta-16": "train_vae --latent-dim 2 --beta 16",
    "vae-8d": "train_vae --latent-dim 8",
    "vae-16d": "train_vae --latent-dim 16",
    "micrograph-denoiser": "train_micrograph",
    "vae-deep": "train_vae --deep --importance-samples 50 --epochs 12",
    "vae-deep-2d": "train_vae --deep --latent-dim 2 --epochs 12",
    "autoencoder-deep-2d": "train_vae --deep --latent-dim 2 --deterministic --beta 0 --epochs 12",
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="checkpoints to make; all without one")
    parser.add_argument("--resume", action="store_true", help="leave out what the last call finished")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    parser.add_argument("--data-dir")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    chosen = parser.parse_args(argv)
    unknown = [name for name in chosen.names if name not in ENTRIES]
    if unknown:
        parser.error(f"{', '.join(unknown)}: not in the catalogue, which has {', '.join(ENTRIES)}")
    names = chosen.names or list(ENTRIES)
    if chosen.list:
        for name in names:
            print("python -m training." + " ".join([*ENTRIES[name].split(" ", 1), f"--out {name}"]))
        return

    diary = checkpoints.cache() / "catalogue-finished.json"  # what this call and those it resumes have finished
    finished = json.loads(diary.read_text()) if chosen.resume and diary.exists() else []
    with tqdm(names, "catalogue", unit="network") as progress:
        for name in progress:
            progress.set_postfix_str(name)
            if name in finished:
                continue
            module, *arguments = shlex.split(ENTRIES[name])
            arguments += ["--out", name, "--device", chosen.device]
            arguments += ["--data-dir", chosen.data_dir] if chosen.data_dir else []
            arguments += ["--resume"] if chosen.resume else []
            importlib.import_module(f"training.{module}").main(arguments)
            finished.append(name)
            files.write(diary, json.dumps(finished).encode())
    diary.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
