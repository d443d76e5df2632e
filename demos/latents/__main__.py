"""Open this tab alone: `python -m demos.latents`."""

from demos.latents import build
from demos.page import open_tab

open_tab(build, "latents")
