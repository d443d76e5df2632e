"""Tab: latents."""

from demos.latents.tab import TAB

__all__ = ["TAB"]
