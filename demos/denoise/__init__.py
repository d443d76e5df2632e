"""Tab: denoise."""

from demos.denoise.tab import build

__all__ = ["build"]
