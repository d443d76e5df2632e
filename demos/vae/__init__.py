"""Tab: vae."""

from demos.vae.tab import TAB

__all__ = ["TAB"]
