"""Open this tab alone: `python -m demos.denoise`."""

from demos.denoise import TAB
from demos.kit.page import launch

if __name__ == "__main__":
    launch((TAB,), TAB.title)
