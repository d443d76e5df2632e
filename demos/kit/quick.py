"""Networks of live events on a CPU run in ONNX Runtime, in a fifth to three quarters of the time that torch takes.

A live event is one picture or two, and torch spends as long on preparing each layer, and on every small step between
layers, as on its sums. ONNX Runtime prepares them once, when they are loaded (`python -m tests.forward`):

    quick(network)    the same network, whose chains of layers run so, each by itself
    Traced(module)    all that an event computes as one graph, with the steps between the layers

What graphs.py does not know stays torch's.
"""

import inspect
import itertools
from collections.abc import Callable, Sequence

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from demos.kit.graphs import StandIn, compiled
from training.models import Network

FEW = 16  # pictures at once: a session keeps the memory of its largest batch
ALONE = (nn.Conv2d, nn.ConvTranspose2d)


class QuickSequential(nn.Sequential):
    """nn.Sequential whose `session` computes what its layers would, for up to FEW pictures in float32."""

    def __init__(self, session: onnxruntime.InferenceSession, *layers: nn.Module):
        super().__init__(*layers)
        self.session = session

    def forward(self, input: Tensor) -> Tensor:
        """What the last layer makes of it."""
        if isinstance(input, StandIn) or len(input) > FEW or input.requires_grad or input.dtype != torch.float32:
            return super().forward(input)
        return torch.from_numpy(self.session.run(None, {"x": input.numpy()})[0])


def quick(network: Network) -> Network:
    """The same network; its outermost chains of layers, and convolutions that stand alone, compute in ONNX Runtime."""
    for name, child in network.named_children():
        layers = list(child) if type(child) is nn.Sequential else [child] if type(child) in ALONE else []
        if layers and (made := session(Chain(*layers), ["x"])):
            setattr(network, name, QuickSequential(made, *layers))
        else:
            quick(child)
    return network


class Chain(nn.Sequential):
    """Layers one after the other, as a function that returns a tuple."""

    def forward(self, input: Tensor) -> tuple[Tensor]:
        """What the last layer makes of it."""
        return (super().forward(input),)


def session(function: Callable, inputs: Sequence[str]) -> onnxruntime.InferenceSession | None:
    """What runs `function`, which takes tensors and returns a tuple of them; None where one of its steps is unknown."""
    try:
        return compiled(function, inputs)
    except NotImplementedError:
        return None


class Traced:
    """A module in eval mode that takes tensors and returns a tuple of them; called with arrays, it answers with arrays.

    Its `forward` is followed once (graphs.py) and becomes one graph for up to FEW pictures on a CPU. The module itself
    computes what is more, what lies on CUDA, and all of it where a step is unknown.
    """

    def __init__(self, module: nn.Module):
        self.module = module
        held = itertools.chain(module.parameters(), module.buffers())  # PCA has buffers alone
        self.device = next((part.device for part in held), torch.device("cpu"))
        self.names = [*inspect.signature(module.forward).parameters]
        self.session = session(module, self.names) if self.device.type == "cpu" else None

    def __call__(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """What `forward` returns for these inputs, each (N, ...), taken as float32."""
        arrays = [np.ascontiguousarray(one, np.float32) for one in inputs]
        if self.session and max(map(len, arrays)) <= FEW:
            return [*map(np.asarray, self.session.run(None, dict(zip(self.names, arrays, strict=True))))]
        with torch.inference_mode():
            made = self.module(*(torch.tensor(one, device=self.device) for one in arrays))
        return [one.cpu().numpy() for one in made]
