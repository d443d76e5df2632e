"""All checkpoints and how each is made: one command makes the whole catalogue again.

python -m training.catalogue                  # everything, from the first to the last
python -m training.catalogue vae vae-2d       # these
python -m training.catalogue --resume         # go on where the last call was interrupted
python -m training.catalogue --list           # the commands, without running them

Each network is trained in a process of its own: on a GPU one at a time, on the CPU as many as it has cores, for two
networks side by side on a thread each are made sooner than one after the other on two. What they print is kept in the
cache, <name>/catalogue.log.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from training.run import options
from training.store import checkpoints, files
from training.store.shipped import ENTRIES


def make(name: str, flags: Sequence[str]) -> float:
    """Train `name` in a process of its own; return the seconds it took. RuntimeError with its last line if it fails."""
    log = checkpoints.cache() / name / "catalogue.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    module, *arguments = shlex.split(ENTRIES[name])
    line = [sys.executable, "-m", f"training.{module}", *arguments, "--out", name, *flags]
    start = time.monotonic()
    with log.open("w") as out:
        status = subprocess.run(line, stdout=out, stderr=subprocess.STDOUT, cwd=Path(__file__).parents[1]).returncode
    if status:
        lines = log.read_text(errors="replace").strip().splitlines() or ["nothing"]
        raise RuntimeError(f"{name} ended with status {status}: {lines[-1]} ({log})")
    return time.monotonic() - start


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="checkpoints to make; all without one")
    parser.add_argument("--resume", action="store_true", help="leave out what the last call finished")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    parser.add_argument("--jobs", type=int, help="networks trained at the same time (default: a core each, on a GPU 1)")
    parser.add_argument("--smoke", action="store_true", help="each script's --smoke: nothing is written")
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

    finished_file = checkpoints.cache() / "catalogue-finished.json"  # what this call and those it resumes have finished
    finished = json.loads(finished_file.read_text()) if chosen.resume and finished_file.exists() else []
    flags = ["--overwrite", "--device", chosen.device]
    flags += ["--data-dir", str(Path(chosen.data_dir).resolve())] if chosen.data_dir else []
    flags += [f"--{word}" for word in ("resume", "smoke") if getattr(chosen, word)]
    jobs = chosen.jobs or (1 if options.device(chosen.device) == "cuda" else os.cpu_count() or 1)
    failed = []
    with ThreadPoolExecutor(jobs) as pool, tqdm(total=len(names), desc="catalogue", unit="network") as progress:
        progress.update(sum(name in finished for name in names))
        futures: dict[Future, str] = {pool.submit(make, name, flags): name for name in names if name not in finished}
        try:
            for future in as_completed(futures):
                name = futures[future]
                try:
                    progress.write(f"{name:30} {future.result() / 60:6.1f} minutes")
                except RuntimeError as error:
                    failed.append(str(error))
                    progress.write(failed[-1])
                else:
                    finished.append(name)
                    files.write(finished_file, json.dumps(finished).encode())
                progress.update()
        except KeyboardInterrupt:  # the trainings under way got it too, and keep their state
            pool.shutdown(cancel_futures=True)
            sys.exit("stopped; go on with: python -m training.catalogue --resume")
    if failed:
        sys.exit(f"{len(failed)} of {len(names)} networks could not be made; mend that, then go on with --resume")
    finished_file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
