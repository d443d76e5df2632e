"""Tab: softmax."""

from demos.softmax.tab import TAB

__all__ = ["TAB"]
