"""Denoisers, learned or not: any network of ours, and four classical filters from SciPy and scikit-image.

A filter has one knob, and a gain and an offset after it, because clamped noise brightens the dark. All are tuned on
training pictures for each noise and strength (`python -m training.analyse.denoising`), so the comparison with the
networks is fair: the filters are even told which noise it is and how strong, the networks are not.
"""

import numpy as np
import torch
from torch import Tensor

from training.models import LinearDenoiser, Network


def by_network(network: Network, images: Tensor, strength: float | None = None) -> Tensor:
    """(B, 1, 28, 28) in [0, 1] -> the denoised pictures in [0, 1], same shape.

    A VAE decodes the mean of its code, not a sample. Only the linear denoiser is told the strength of the noise.
    """
    if isinstance(network, LinearDenoiser):
        return torch.sigmoid(network(images, strength))
    if not hasattr(network, "code"):
        return torch.sigmoid(network(images))
    return torch.sigmoid(network.decode(network.code(images)))


def gaussian_blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Convolution with a Gaussian of standard deviation `sigma` pixels."""
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(picture, sigma)


def median(picture: np.ndarray, size: int) -> np.ndarray:
    """Each pixel becomes the median of the `size` x `size` pixels around it."""
    from scipy.ndimage import median_filter

    return median_filter(picture, int(size))


def total_variation(picture: np.ndarray, weight: float) -> np.ndarray:
    """Rudin, Osher and Fatemi (1992), by Chambolle (2004): flat regions with sharp edges; `weight` is the smoothing."""
    from skimage.restoration import denoise_tv_chambolle

    return denoise_tv_chambolle(picture, weight) if weight else picture


def non_local_means(picture: np.ndarray, h: float) -> np.ndarray:
    """Buades et al. (2005): the mean of patches that look alike, wherever they are; `h` is how alike."""
    from skimage.restoration import denoise_nl_means

    return denoise_nl_means(picture, patch_size=5, patch_distance=6, h=h) if h else picture


FILTERS = {
    "gaussian-blur": (gaussian_blur, (0, 0.4, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0)),
    "median": (median, (1, 3, 5)),
    "total-variation": (total_variation, (0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0)),
    "non-local-means": (non_local_means, (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)),
}


def by_filter(name: str, picture: np.ndarray, knob: float, gain: float = 1.0, offset: float = 0.0) -> np.ndarray:
    """The picture (H, W) in [0, 1] through the filter `name` (a key of FILTERS), times gain plus offset, in [0, 1]."""
    return np.clip(gain * FILTERS[name][0](picture, knob) + offset, 0, 1).astype(np.float32)
