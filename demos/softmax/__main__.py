"""Open this tab alone: `python -m demos.softmax`."""

from demos.kit.page import open_tab
from demos.softmax import build

open_tab(build, "softmax")
