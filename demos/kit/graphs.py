"""What a function of torch does, as a graph for ONNX Runtime.

The function is called once with a stand-in for each of its arrays: whatever is done to a stand-in, by a layer or by a
line of code, becomes a node of the graph, and gives another stand-in. STEPS says which functions and methods of torch
are known; anything else, and a question whose answer depends on the numbers, raises NotImplementedError.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import onnxruntime
import torch
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper
from torch import Tensor

OPSET = 18


def compiled(function: Callable[..., Any], inputs: Sequence[str]) -> onnxruntime.InferenceSession:
    """What runs `function`, of as many float32 arrays as `inputs` has names, on one thread; it returns a tuple."""
    graph = Graph()
    made = function(*(StandIn(graph, name) for name in inputs))
    return graph.session(inputs, [graph.name(one) for one in made])


class Graph:
    """Nodes and weights of an ONNX graph."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.names: Iterator[int] = itertools.count()

    def step(self, step: str, *args, **kwargs) -> "StandIn":
        """The stand-in for what a function of torch makes."""
        if step not in STEPS:
            raise NotImplementedError(step)
        return StandIn(self, STEPS[step](self, *args, **kwargs))

    def node(self, kind: str, *inputs, **attributes) -> str:
        """One node, of stand-ins, names, tensors and numbers, without what is None; the name of its output."""
        name = f"n{next(self.names)}"
        given = [self.name(one) for one in inputs if one is not None]
        self.nodes.append(helper.make_node(kind, given, [name], **attributes))
        return name

    def name(self, value) -> str:
        """The name of a stand-in; a tensor, whole numbers in a list, or a number become a constant."""
        if isinstance(value, StandIn):
            return value.name
        if isinstance(value, str):
            return value
        name = f"w{next(self.names)}"
        tensor = value if isinstance(value, Tensor | list) else float(value)
        array = torch.as_tensor(tensor).detach().contiguous().numpy()
        self.weights.append(numpy_helper.from_array(array, name))
        return name

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


class StandIn:
    """Stands for an array while a function is followed."""

    def __init__(self, graph: Graph, name: str):
        self.graph, self.name = graph, name

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        """Called by torch in the place of any of its functions that is given a stand-in."""
        first = args[0] if isinstance(args[0], list | tuple) else args
        graph = next(one.graph for one in first if isinstance(one, cls))
        return graph.step(func.__name__.strip("_"), *args, **(kwargs or {}))

    def __getattr__(self, name: str):
        if name not in STEPS:
            raise NotImplementedError(name)
        return functools.partial(self.graph.step, name, self)

    def __bool__(self) -> bool:
        raise NotImplementedError("a question whose answer depends on the numbers")

    def __add__(self, other):
        return self.graph.step("add", self, other)

    def __sub__(self, other):
        return self.graph.step("sub", self, other)

    def __rsub__(self, other):
        return self.graph.step("sub", other, self)

    def __mul__(self, other):
        return self.graph.step("mul", self, other)

    def __le__(self, other):
        return self.graph.step("le", self, other)

    def __ge__(self, other):
        return self.graph.step("ge", self, other)

    def __getitem__(self, index):
        return self.graph.step("getitem", self, index)

    __radd__, __rmul__ = __add__, __mul__


def known(wanted: bool, told: object) -> None:
    """NotImplementedError unless a layer is set as those here are."""
    if not wanted:
        raise NotImplementedError(str(told))


# ---- layers, as torch.nn.functional has them -------------------------------------------------------------------------
def convolution(graph: Graph, x, weight, bias, stride, padding, dilation, groups) -> str:
    known(not isinstance(padding, str), padding)
    where = {"strides": stride, "pads": [*padding] * 2, "dilations": dilation}
    return graph.node("Conv", x, weight, bias, **where, group=groups)


def transposed(graph: Graph, x, weight, bias, stride, padding, output_padding, groups, dilation) -> str:
    where = {"strides": stride, "pads": [*padding] * 2, "dilations": dilation, "output_padding": output_padding}
    return graph.node("ConvTranspose", x, weight, bias, **where, group=groups)


def pool(graph: Graph, x, size, stride, padding, dilation, ceil_mode, return_indices) -> str:
    known((padding, dilation, ceil_mode, return_indices) == (0, 1, False, False) and isinstance(size, int), size)
    return graph.node("MaxPool", x, kernel_shape=[size] * 2, strides=[stride] * 2)


def flatten(graph: Graph, x, start: int, end: int = -1) -> str:
    known((start, end) == (1, -1), (start, end))
    return graph.node("Flatten", x, axis=1)


def unflatten(graph: Graph, x, dim: int, sizes) -> str:
    known(dim == 1, dim)
    return graph.node("Reshape", x, [0, *sizes])


# ---- lines of code ---------------------------------------------------------------------------------------------------
def item(graph: Graph, x, index) -> str:
    """x[:, a], x[:, :a], x[:, :, None, None], or with the numbers of another array x[others]."""
    whole = slice(None)
    match index:
        case StandIn():
            return graph.node("Gather", x, index)
        case (first, int(at)) if first == whole:
            return graph.node("Gather", x, torch.tensor(at), axis=1)
        case (first, slice(start=None, stop=int(stop), step=None)) if first == whole:
            return graph.node("Slice", x, [0], [stop], [1])
        case (first, second, None, None) if first == second == whole:
            return graph.node("Unsqueeze", x, [2, 3])
    raise NotImplementedError(str(index))


def plainly(kind: str) -> Callable[..., str]:
    """A step of one array, or of two of which one may be a number."""
    return lambda graph, *arrays: graph.node(kind, *arrays)


STEPS: dict[str, Callable[..., str]] = {  # functions and methods by their names
    "conv2d": convolution,
    "conv_transpose2d": transposed,
    "linear": lambda graph, x, weight, bias=None: graph.node("Gemm", x, weight, bias, transB=1),
    "silu": lambda graph, x, inplace=False: graph.node("Mul", x, graph.node("Sigmoid", x)),
    "relu": lambda graph, x, inplace=False: graph.node("Relu", x),
    "max_pool2d": pool,
    "pixel_shuffle": lambda graph, x, factor: graph.node("DepthToSpace", x, blocksize=factor, mode="CRD"),
    "dropout": lambda graph, x, p, training, inplace: known(not training, "in training") or graph.node("Identity", x),
    "flatten": flatten,
    "unflatten": unflatten,
    "getitem": item,
    "add": plainly("Add"),
    "sub": plainly("Sub"),
    "mul": plainly("Mul"),
    "le": plainly("LessOrEqual"),
    "ge": plainly("GreaterOrEqual"),
    "exp": plainly("Exp"),
    "log": plainly("Log"),
    "sigmoid": plainly("Sigmoid"),
    "clamp_min": plainly("Max"),
    "square": lambda graph, x: graph.node("Mul", x, x),
    "cat": lambda graph, parts, dim=0: graph.node("Concat", *parts, axis=dim),
    "softmax": lambda graph, x, dim: graph.node("Softmax", x, axis=dim),
    "amax": lambda graph, x, dim: graph.node("ReduceMax", x, [dim], keepdims=0),
    "argmax": lambda graph, x, dim: graph.node("ArgMax", x, axis=dim, keepdims=0),
    "mean": lambda graph, x, dim: graph.node("ReduceMean", x, [dim], keepdims=0),
}
