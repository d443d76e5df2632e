"""Networks of live events on a CPU: their layers run in ONNX Runtime, in 30 to 75 % of the time that torch takes.

A live event is one picture or two, and torch spends as long on preparing each layer as on its sums. ONNX Runtime
prepares a chain of layers once, when it is loaded (`python -m tests.forward` prints the ratios). What is not in the
table below stays torch's.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from training.models import Network
from training.models.residual_vae import ResidualBlock

OPSET = 18
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
    """What runs these layers on one thread; None where one of them is not known here."""
    graph = Graph()
    try:
        last = chain(graph, layers, "x")
    except NotImplementedError:
        return None
    made = helper.make_graph(
        graph.nodes, "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)],
        graph.weights,
    )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


class Graph:
    """Nodes and weights of an ONNX graph, layer by layer."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.names: Iterator[int] = itertools.count()

    def add(self, layer: nn.Module, x: str) -> str:
        """Add what `layer` makes of `x`; the name of its output."""
        if type(layer) not in LAYERS:
            raise NotImplementedError(type(layer).__name__)
        return LAYERS[type(layer)](self, layer, x)

    def node(self, kind: str, *inputs: str, **attributes) -> str:
        """One node; the name of its output."""
        name = f"n{next(self.names)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def weight(self, value: Tensor) -> str:
        """A constant; its name."""
        name = f"w{next(self.names)}"
        self.weights.append(numpy_helper.from_array(value.detach().contiguous().numpy(), name))
        return name

    def parameters(self, layer) -> list[str]:
        """The names of weight and bias."""
        return [self.weight(part) for part in (layer.weight, layer.bias) if part is not None]


def chain(graph: Graph, layers: Iterable[nn.Module], x: str) -> str:
    for layer in layers:
        x = graph.add(layer, x)
    return x


def convolution(graph: Graph, layer: nn.Conv2d | nn.ConvTranspose2d, x: str) -> str:
    if layer.padding_mode != "zeros" or isinstance(layer.padding, str):
        raise NotImplementedError(layer.padding)
    where = {"strides": layer.stride, "pads": [*layer.padding] * 2, "dilations": layer.dilation, "group": layer.groups}
    if isinstance(layer, nn.ConvTranspose2d):
        return graph.node("ConvTranspose", x, *graph.parameters(layer), **where, output_padding=layer.output_padding)
    return graph.node("Conv", x, *graph.parameters(layer), **where)


def linear(graph: Graph, layer: nn.Linear, x: str) -> str:
    return graph.node("Gemm", x, *graph.parameters(layer), transB=1)


def silu(graph: Graph, _, x: str) -> str:
    return graph.node("Mul", x, graph.node("Sigmoid", x))


def flatten(graph: Graph, layer: nn.Flatten, x: str) -> str:
    if (layer.start_dim, layer.end_dim) != (1, -1):
        raise NotImplementedError(str(layer))
    return graph.node("Flatten", x, axis=1)


def unflatten(graph: Graph, layer: nn.Unflatten, x: str) -> str:
    return graph.node("Reshape", x, graph.weight(torch.tensor([0, *layer.unflattened_size])))


def pool(graph: Graph, layer: nn.MaxPool2d, x: str) -> str:
    if str(layer) != str(nn.MaxPool2d(layer.kernel_size, layer.stride)) or not isinstance(layer.kernel_size, int):
        raise NotImplementedError(str(layer))
    return graph.node("MaxPool", x, kernel_shape=[layer.kernel_size] * 2, strides=[layer.stride] * 2)


LAYERS: dict[type[nn.Module], Callable[..., str]] = {
    nn.Sequential: chain,
    nn.Conv2d: convolution,
    nn.ConvTranspose2d: convolution,
    nn.Linear: linear,
    nn.SiLU: silu,
    nn.ReLU: lambda graph, _, x: graph.node("Relu", x),
    nn.Flatten: flatten,
    nn.Unflatten: unflatten,
    nn.MaxPool2d: pool,
    nn.PixelShuffle: lambda graph, layer, x: graph.node("DepthToSpace", x, blocksize=layer.upscale_factor, mode="CRD"),
    ResidualBlock: lambda graph, layer, x: graph.node("Add", x, graph.add(layer.layers, x)),
}
