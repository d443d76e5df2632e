"""Open this tab alone: `python -m demos.softmax`."""

from demos.softmax import build
from demos.page import open_tab

open_tab(build, "softmax")
