"""Tab: softmax."""

from demos.softmax.tab import build

__all__ = ["build"]
