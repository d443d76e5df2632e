"""Layers and the steps between them as a graph for ONNX Runtime.

Two tables say what is known: LAYERS by their class, STEPS by the function or by the name of the method. Whatever is
not in them raises NotImplementedError, and stays torch's (quick.py).
"""

import itertools
import operator
from collections.abc import Callable, Iterator, Sequence

import onnxruntime
import torch
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper
from torch import Tensor, nn

from training.models.residual_vae import ResidualBlock

OPSET = 18


class Graph:
    """Nodes and weights of an ONNX graph, layer by layer."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.names: Iterator[int] = itertools.count()

    def add(self, layer: nn.Module, x: str) -> str:
        """Add what `layer` makes of `x`; the name of its output."""
        if isinstance(layer, nn.Sequential):
            for one in layer:
                x = self.add(one, x)
            return x
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

    def constant(self, value: str | float) -> str:
        """A name as it is, a number as a constant."""
        return value if isinstance(value, str) else self.weight(torch.tensor(float(value)))

    def session(self, inputs: Sequence[str], outputs: Sequence[str]) -> onnxruntime.InferenceSession:
        """What runs all of it on one thread."""
        taken = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in inputs]
        given = [ValueInfoProto(name=name) for name in outputs]
        made = helper.make_graph(self.nodes, "live", taken, given, self.weights)
        model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def parameters(self, layer) -> list[str]:
        """The names of weight and bias."""
        return [self.weight(part) for part in (layer.weight, layer.bias) if part is not None]


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


def item(graph: Graph, x: str, index) -> str:
    """x[:, a], x[:, :a], x[:, :, None, None], or with the numbers of another array x[others]."""
    whole = slice(None)
    match index:
        case str():
            return graph.node("Gather", x, index)
        case (first, int(at)) if first == whole:
            return graph.node("Gather", x, graph.weight(torch.tensor(at)), axis=1)
        case (first, slice(start=None, stop=int(stop), step=None)) if first == whole:
            return graph.node("Slice", x, *(graph.weight(torch.tensor([end])) for end in (0, stop, 1)))
        case (first, second, None, None) if first == second == whole:
            return graph.node("Unsqueeze", x, graph.weight(torch.tensor([2, 3])))
    raise NotImplementedError(str(index))


def pairwise(kind: str) -> Callable[..., str]:
    """A step of two arrays, or of an array and a number."""
    return lambda graph, *both: graph.node(kind, *map(graph.constant, both))


def alone(kind: str) -> Callable[..., str]:
    """A step of one array."""
    return lambda graph, x: graph.node(kind, x)


LAYERS: dict[type[nn.Module], Callable[..., str]] = {
    nn.Conv2d: convolution,
    nn.ConvTranspose2d: convolution,
    nn.Linear: linear,
    nn.SiLU: silu,
    nn.ReLU: lambda graph, _, x: graph.node("Relu", x),
    nn.Flatten: flatten,
    nn.Unflatten: unflatten,
    nn.MaxPool2d: pool,
    nn.Dropout: lambda graph, _, x: x,  # in eval mode
    nn.PixelShuffle: lambda graph, layer, x: graph.node("DepthToSpace", x, blocksize=layer.upscale_factor, mode="CRD"),
    ResidualBlock: lambda graph, layer, x: graph.node("Add", x, graph.add(layer.layers, x)),
}

STEPS: dict[Callable | str, Callable[..., str]] = {  # functions, and methods by their names
    operator.add: pairwise("Add"),
    operator.sub: pairwise("Sub"),
    operator.mul: pairwise("Mul"),
    operator.le: pairwise("LessOrEqual"),
    operator.ge: pairwise("GreaterOrEqual"),
    operator.getitem: item,
    "__getitem__": item,
    torch.exp: alone("Exp"),
    torch.sigmoid: alone("Sigmoid"),
    "exp": alone("Exp"),
    "square": lambda graph, x: graph.node("Mul", x, x),
    torch.cat: lambda graph, parts, dim=0: graph.node("Concat", *parts, axis=dim),
    "softmax": lambda graph, x, dim: graph.node("Softmax", x, axis=dim),
    "amax": lambda graph, x, dim: graph.node("ReduceMax", x, graph.weight(torch.tensor([dim])), keepdims=0),
    "mean": lambda graph, x, dim: graph.node("ReduceMean", x, graph.weight(torch.tensor([dim])), keepdims=0),
    "flatten": lambda graph, x, start: graph.node("Flatten", x, axis=start),
    "clamp_min": lambda graph, x, least: graph.node("Max", x, graph.constant(least)),
    "log": alone("Log"),
    "argmax": lambda graph, x, dim: graph.node("ArgMax", x, axis=dim, keepdims=0),
}
