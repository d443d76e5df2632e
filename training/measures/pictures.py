"""How good is a picture: PSNR and SSIM, the measures of denoising."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def mse_per_picture(pictures: Tensor, truth: Tensor) -> Tensor:
    """Mean squared error of every picture: (B, 1, H, W) twice -> (B,)."""
    return (pictures - truth).square().flatten(1).mean(1)


def psnr(pictures: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of every picture, 10 log10(1 / MSE), in dB, for greys in [0, 1]: (B,)."""
    return -10 / math.log(10) * mse_per_picture(pictures, truth).clamp_min(1e-12).log()


def ssim(pictures: Tensor, truth: Tensor, window: int = 7) -> Tensor:
    """Structural similarity of every picture, in [-1, 1], for greys in [0, 1]: (B, 1, H, W) twice -> (B,).

    Wang et al. (2004), with a square window, averaged over the places where it fits: as scikit-image has it.
    """
    pixels = window**2

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, window, stride=1)

    mean_x, mean_y = mean(pictures), mean(truth)
    unbiased = pixels / (pixels - 1)
    var_x = unbiased * (mean(pictures.square()) - mean_x.square())
    var_y = unbiased * (mean(truth.square()) - mean_y.square())
    covariance = unbiased * (mean(pictures * truth) - mean_x * mean_y)
    c1, c2 = 0.01**2, 0.03**2
    similarity = ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x.square() + mean_y.square() + c1) * (var_x + var_y + c2)
    )
    return torch.flatten(similarity, 1).mean(1)
