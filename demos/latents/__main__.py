"""Open this tab alone: `python -m demos.latents`."""

from demos.kit.page import launch
from demos.latents import TAB

if __name__ == "__main__":
    launch((TAB,), TAB.title)
