"""Open this tab alone: `python -m demos.latents`."""

from demos.kit.page import open_tab
from demos.latents import build

open_tab(build, "latents")
