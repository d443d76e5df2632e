"""Open this tab alone: `python -m demos.vae`."""

from demos.kit.page import launch
from demos.vae import TAB

if __name__ == "__main__":
    launch((TAB,), TAB.title)
