"""The networks and their losses, in torch alone: no gradio, no data set, no files.

Every network takes pictures of shape (B, 1, 28, 28) with values in [0, 1] and returns **logits**: whoever displays
them applies the sigmoid (pictures) or the softmax (classes). A new network joins ARCHITECTURES below, so that
`training.checkpoints` can load it by the class name that its config.json holds.
"""

from typing import Any, TypeAlias

from training.models.autoencoder import ConvAutoencoder
from training.models.cnn import SmallCNN
from training.models.digit_judge import DigitJudge
from training.models.linear import PCA, LinearDenoiser
from training.models.micrograph import MicrographDenoiser
from training.models.residual_vae import ResidualVAE
from training.models.softmax import SoftmaxRegression
from training.models.unet import UNet
from training.models.vae import ConvVAE

Network: TypeAlias = Any  # one of the classes below: of an nn.Module alone a type checker would know no method

ARCHITECTURES = {
    network.__name__: network
    for network in (
        ConvAutoencoder,
        ConvVAE,
        DigitJudge,
        LinearDenoiser,
        MicrographDenoiser,
        PCA,
        ResidualVAE,
        SmallCNN,
        SoftmaxRegression,
        UNet,
    )
}
