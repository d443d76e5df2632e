"""Networks of live events on a CPU run in ONNX Runtime, in a fifth to three quarters of the time that torch takes.

A live event is one picture or two, and torch spends as long on preparing each layer, and on every small step between
layers, as on its sums. ONNX Runtime prepares them once, when they are loaded (`python -m tests.forward`):

    quick(network)    the same network, whose chains of layers run so, each by itself
    Traced(module)    all that an event computes as one graph, with the steps between the layers

What graphs.py does not know stays torch's.
"""

import contextlib
import operator
from collections.abc import Sequence

import numpy as np
import onnxruntime
import torch
from torch import Tensor, fx, nn
from torch.fx.proxy import TraceError

from demos.kit.graphs import LAYERS, STEPS, Graph
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
        if len(input) > FEW or input.requires_grad or input.dtype != torch.float32:
            return super().forward(input)
        return torch.from_numpy(self.session.run(None, {"x": input.numpy()})[0])


def quick(network: Network) -> Network:
    """The same network; its outermost chains of layers, and convolutions that stand alone, compute in ONNX Runtime."""
    for name, child in network.named_children():
        layers = list(child) if type(child) is nn.Sequential else [child] if type(child) in ALONE else []
        if layers and (made := session(layers)):
            setattr(network, name, QuickSequential(made, *layers))
        else:
            quick(child)
    return network


def session(layers: Sequence[nn.Module]) -> onnxruntime.InferenceSession | None:
    """What runs these layers on one thread; None where one of them is not known."""
    graph = Graph()
    try:
        return graph.session(["x"], [graph.add(nn.Sequential(*layers), "x")])
    except NotImplementedError:
        return None


class Traced:
    """A module in eval mode that takes tensors and returns a tuple of them; called with arrays, it answers with arrays.

    Its `forward` is followed once with stand-ins for the inputs (torch.fx) and becomes one graph, for up to FEW
    pictures on a CPU. The module itself computes what is more, what lies on CUDA, and all of it where a step is not
    known.
    """

    def __init__(self, module: nn.Module):
        self.module = module
        self.device = next((part.device for part in module.parameters()), torch.device("cpu"))
        self.names, self.session = [], None
        if self.device.type == "cpu":
            with contextlib.suppress(NotImplementedError, TypeError, TraceError):  # two are torch.fx's own
                self.names, self.session = trace(module)

    def __call__(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """What `forward` returns for these inputs, each (N, ...), taken as float32."""
        arrays = [np.ascontiguousarray(one, np.float32) for one in inputs]
        if self.session and max(map(len, arrays)) <= FEW:
            return [*map(np.asarray, self.session.run(None, dict(zip(self.names, arrays, strict=True))))]
        with torch.inference_mode():
            made = self.module(*(torch.tensor(one, device=self.device) for one in arrays))
        return [one.cpu().numpy() for one in made]


def trace(module: nn.Module) -> tuple[list[str], onnxruntime.InferenceSession]:
    """The names of the inputs and what runs `forward`; NotImplementedError where one of its steps is not known."""
    tracer, graph, made, inputs = Tracer(), Graph(), {}, []
    for node in tracer.trace(module).nodes:
        args = fx.map_arg(node.args, made.__getitem__)  # names in the graph, and constants
        if node.op == "placeholder":
            inputs.append(node.name)
            made[node] = node.name
        elif node.op == "get_attr":
            made[node] = graph.weight(operator.attrgetter(node.target)(module))
        elif node.op == "call_module":
            made[node] = graph.add(module.get_submodule(node.target), *args)
        elif node.op == "output":
            made[node] = args[0]
        elif node.target in STEPS:
            made[node] = STEPS[node.target](graph, *args, **node.kwargs)
        else:
            raise NotImplementedError(str(node.target))
    return inputs, graph.session(inputs, made[node])


class Tracer(fx.Tracer):
    """Follows our own modules into their `forward`, and takes layers and chains of them as they are."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Whether it is one step."""
        return type(m) in LAYERS or isinstance(m, nn.Sequential)
