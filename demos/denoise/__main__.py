"""Open this tab alone: `python -m demos.denoise`."""

from demos.denoise import build
from demos.kit.page import open_tab

open_tab(build, "denoise")
