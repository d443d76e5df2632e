"""Tab: vae."""

from demos.vae.tab import build

__all__ = ["build"]
