"""Open this tab alone: `python -m demos.denoise`."""

from demos.kit.page import launch
from demos.denoise import TAB

if __name__ == "__main__":
    launch((TAB,), TAB.title)
