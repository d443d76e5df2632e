"""Open this tab alone: `python -m demos.vae`."""

from demos.kit.page import open_tab
from demos.vae import build

open_tab(build, "vae")
