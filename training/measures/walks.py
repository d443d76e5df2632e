"""Walks between two codes: the straight line and the great circle about the origin (lecture, part B5).

The browser has the same in demos/kit/geometry.js; a test holds the two together.
"""

import torch
from torch import Tensor


def line(first: Tensor, second: Tensor, t: Tensor) -> Tensor:
    """Codes (len(t), d) on the straight line from `first` (d,) at t = 0 to `second` (d,) at t = 1."""
    return (1 - t)[:, None] * first + t[:, None] * second


def great_circle(first: Tensor, second: Tensor, t: Tensor) -> Tensor:
    """Codes (len(t), d) on the arc from `first` (d,) at t = 0 to `second` (d,) at t = 1 (Shoemake's slerp, 1985).

    sin((1 - t) w) / sin(w) * first + sin(t w) / sin(w) * second, w the angle between them. Parallel codes, or one at
    the origin, have no plane: their arc is the line. Opposite ones have many: the arc goes through the coordinate axis
    that is most nearly at right angles to them, and its length moves evenly from one to the other.
    """
    a, b = first.double(), second.double()
    lengths = a.norm(), b.norm()
    if min(lengths) < 1e-9:
        return line(first, second, t)
    cosine = (a @ b / (lengths[0] * lengths[1])).clamp(-1, 1)
    # from the two half-chords: near w = 0 and w = pi the arc cosine alone has lost half of its digits
    w = 2 * torch.atan2((a / lengths[0] - b / lengths[1]).norm(), (a / lengths[0] + b / lengths[1]).norm())
    s = t.double()[:, None]
    if w.sin() > 1e-6:
        arc = (((1 - s) * w).sin() * a + (s * w).sin() * b) / w.sin()
    elif cosine > 0:
        return line(first, second, t)
    else:
        axis = torch.zeros_like(a)
        axis[a.abs().argmin()] = 1
        aside = axis - (axis @ a) * a / lengths[0] ** 2
        direction = (s * torch.pi).cos() * a / lengths[0] + (s * torch.pi).sin() * aside / aside.norm()
        arc = ((1 - s) * lengths[0] + s * lengths[1]) * direction
    arc[t == 0], arc[t == 1] = a, b  # the ends exactly: a film begins and ends with the two reconstructions
    return arc.to(first)
