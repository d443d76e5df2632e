"""Open this tab alone: `python -m demos.vae`."""

from demos.vae import build
from demos.page import open_tab

open_tab(build, "vae")
