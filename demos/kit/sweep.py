"""Temporary files end: whatever lies in Gradio's folder for them is deleted ten minutes after it was written.

Gradio's own delete_cache knows only what the running process made: aborted uploads, and what lay there before a
restart, would stay for ever.
"""

import os
import threading
import time
from pathlib import Path

OLDEST = 600  # seconds from the last writing of a file until it is gone, at the latest
EVERY = 60  # seconds from one sweep to the next


def sweep(where: Path) -> None:
    """Delete the files below `where` that were written OLDEST - EVERY seconds ago or earlier, and emptied folders."""
    last = time.time() - (OLDEST - EVERY)
    for path in sorted(where.rglob("*"), reverse=True):  # what is in a folder comes before it
        try:
            if path.lstat().st_mtime > last:
                continue
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        except OSError:  # another process was faster, or a folder holds something younger
            continue


def start() -> None:
    """Sweep GRADIO_TEMP_DIR now, and then every minute in a thread that ends with the process.

    Where no such folder is named (a tab alone), Gradio's is shared with other apps, whose files are not ours to delete.
    """
    where = os.environ.get("GRADIO_TEMP_DIR")

    def go_on() -> None:
        while where:
            sweep(Path(where))
            time.sleep(EVERY)

    threading.Thread(target=go_on, name="sweep", daemon=True).start()
