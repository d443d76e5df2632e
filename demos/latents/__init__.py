"""Tab: latents."""

from demos.latents.tab import build

__all__ = ["build"]
