"""Tab: denoise."""

from demos.denoise.tab import TAB

__all__ = ["TAB"]
