"""Digits the project draws itself, and MNIST's own way of turning a drawing into 28 x 28 pixels.

A digit is a list of strokes, a stroke a list of points [x, y] in the unit square, y downwards, as a pen leaves them.
`made_digits` makes a data set of them for `--smoke` and for the tests; `to_mnist` prepares what a visitor draws: the
networks know MNIST's pictures and nothing else (LeCun et al., "Gradient-based learning applied to document
recognition", 1998: the digit fits a box of 20 x 20, anti-aliased, with its centre of mass in the middle of 28 x 28).
"""

import math
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from PIL import Image

BOX = 20  # MNIST fits each digit into 20 x 20 pixels ...
SIDE = 28  # ... and puts its centre of mass into the middle of 28 x 28
STROKE = 2.6  # the mean width of MNIST's strokes in that box, in pixels
BRUSH = 0.085  # the pad's pen as a share of its side: about MNIST's stroke on a digit that fills the pad
EDGE = 1.35  # how many pixels MNIST's anti-aliasing needs from ink to paper
FINE = 280  # pieces of a parabola squared, for each unit that it bends
WORK = 64  # pixels along the digit while its stroke is measured and brought to width
MARGIN = 8  # pixels of paper around it, so that the stroke may grow
MIDDLE = 14.0  # where MNIST's centres of mass lie, in pixel indices (0 is the centre of the first pixel)

# Points a pen passes through; a point given twice is a corner. The first form of each digit is the plainest.
TEMPLATES = {
    0: [
        [[(56, 14), (40, 19), (29, 38), (27, 62), (37, 82), (52, 87), (66, 77), (73, 55), (70, 32), (60, 16),
          (50, 15)]],
    ],
    1: [
        [[(57, 13), (53, 50), (49, 88)]],
        [[(36, 31), (47, 23), (56, 13), (56, 13), (54, 50), (52, 88)]],
    ],
    2: [
        [[(29, 31), (37, 17), (54, 13), (67, 24), (64, 42), (49, 62), (28, 84), (28, 84), (50, 82), (75, 84)]],
        [[(30, 27), (42, 15), (58, 15), (66, 29), (59, 50), (45, 71), (32, 83), (26, 76), (36, 71), (54, 81),
          (75, 82)]],
    ],
    3: [
        [[(30, 21), (46, 13), (64, 20), (64, 36), (45, 47), (45, 47), (64, 52), (71, 68), (60, 84), (42, 87),
          (27, 79)]],
    ],
    4: [
        [[(40, 15), (33, 36), (27, 57), (27, 57), (50, 57), (76, 54)], [(65, 22), (62, 52), (58, 88)]],
        [[(62, 13), (44, 35), (25, 60), (25, 60), (50, 60), (77, 58)], [(62, 13), (61, 50), (59, 88)]],
    ],
    5: [
        [
            [(38, 16), (36, 30), (34, 45), (34, 45), (50, 41), (66, 49), (69, 67), (57, 84), (40, 87), (27, 80)],
            [(38, 16), (54, 16), (71, 14)],
        ]
    ],
    6: [
        [[(62, 13), (45, 28), (33, 53), (33, 75), (47, 87), (64, 79), (67, 63), (55, 53), (41, 60), (34, 74)]],
    ],
    7: [
        [[(27, 18), (50, 18), (73, 16), (73, 16), (59, 45), (45, 88)]],
        [[(27, 18), (50, 18), (73, 16), (73, 16), (59, 45), (45, 88)], [(40, 52), (54, 51), (69, 49)]],
    ],
    8: [
        [
            [
                (63, 22), (50, 13), (36, 21), (38, 37), (53, 49), (67, 63), (65, 80), (50, 88), (34, 80), (35, 64),
                (49, 49), (63, 37), (64, 24),
            ]
        ]
    ],
    9: [
        [[(66, 30), (57, 16), (41, 19), (33, 34), (40, 48), (55, 46), (66, 29), (66, 29), (64, 55), (59, 88)]],
        [[(67, 30), (57, 15), (41, 19), (34, 34), (42, 47), (57, 44), (67, 28), (68, 55), (60, 79), (46, 88),
          (33, 82)]],
    ],
}  # fmt: skip


def example_strokes(digit: int, variant: int = 0) -> list[list[list[float]]]:
    """The strokes of `digit` (0 ... 9): a list of strokes, each a list of [x, y] in [0, 1].

    Variant 0 is the digit as it was made by hand; each other variant is another hand: the digit slanted, stretched
    and bent a little, always in the same way for the same variant.
    """
    if digit not in TEMPLATES:
        raise ValueError(f"digit must be a whole number from 0 to 9, not {digit!r}")
    forms = TEMPLATES[digit]
    strokes = [_smooth(np.array(points) / 100) for points in forms[variant % len(forms)]]
    if variant:
        strokes = _another_hand(strokes, np.random.default_rng([variant, digit]))
    return [np.round(points, 4).tolist() for points in strokes]


def rasterise(strokes: list, size: int = 112, width: float = BRUSH) -> np.ndarray:
    """Draw `strokes` with a round pen, anti-aliased: (size, size) float32 in [0, 1], light ink on dark.

    `width` is the pen's, as a share of the side; the points are [x, y] in [0, 1]. The pen bends round each inner point
    from the middle of one side of the polyline to the middle of the next; a point given twice is a corner.
    demos/kit/strokes.js draws the same pixels in the browser.
    """
    lines = [_bent(np.asarray(points, float)) * size - 0.5 for points in strokes if len(points)]
    starts, ends = _segments(lines)
    return _coverage(starts, ends, size, width * size, edge=1.0)


def made_digits(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Digits in many hands for --smoke and tests: images (count, 1, 28, 28) float32 in [0, 1], labels (count,) int64.

    All ten classes in turn, each digit affinely and smoothly warped, with a pen of its own width, placed as MNIST does.
    """
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    random.shuffle(labels)
    images = np.zeros((count, 1, SIDE, SIDE), np.float32)
    for image, digit in zip(images, labels, strict=True):
        forms = TEMPLATES[int(digit)]
        strokes = [_smooth(np.array(points) / 100) for points in forms[random.integers(len(forms))]]
        image[0] = _place(_another_hand(strokes, random), width=float(np.clip(random.normal(STROKE, 0.5), 1.6, 4.2)))
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def to_mnist(picture: np.ndarray) -> np.ndarray:
    """A drawing (H, W) of light ink on dark, float in [0, 1] or uint8 -> MNIST's (28, 28) float32 in [0, 1].

    Threshold, bounding box, stroke brought to MNIST's mean width, box of 20 x 20, anti-aliased, centre of mass in the
    middle. Place, size and pen width of the drawing leave (almost) no trace. An empty picture gives zeros.
    """
    return normalise_steps(picture, last_only=True)[-1]


def normalise_steps(
    picture: np.ndarray, box: bool = True, stroke: bool = True, centre: bool = True, last_only: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The steps of to_mnist, each as a (28, 28) picture: as drawn, fitted to the box, with MNIST's stroke, centred.

    Each switch leaves its step out, so that one sees what the step is good for; the last picture is the result. With
    `last_only` the second picture need not be right, which saves its time.
    """
    ink = as_unit(picture)
    drawn, view = _as_drawn(ink)
    found = _find_ink(ink)
    if found is None:
        empty = np.zeros_like(drawn)
        return drawn, empty, empty, empty
    crop, (top, left, step) = found
    field = _signed_distance(crop)
    place = view[0] * step, view[1] + view[0] * top, view[2] + view[0] * left  # where the ink was drawn
    if box:
        place = _in_the_middle(field, BOX)
    boxed = _render(field, place) if box and not (last_only and stroke) else drawn
    if stroke:
        pen, scale = _pen_width(field), place[0]
        if box:  # the middle of the line shall span the box less one stroke; but a mere dot is not blown up
            scale = min((BOX - STROKE) / max(BOX / scale - pen, 1e-6), 4 * STROKE / pen)
        field = _with_pen(field, pen, STROKE / scale)
        if box:
            place = _in_the_middle(field, BOX, largest=4 * STROKE / pen)
    stroked = _render(field, place) if stroke else boxed
    centred = stroked
    if centre and stroked.any():
        rows, columns = _centre_of_mass(stroked)
        place = place[0], place[1] + MIDDLE - rows, place[2] + MIDDLE - columns
        centred = _render(field, place)
    return drawn, boxed, stroked, centred


def as_unit(picture: np.ndarray) -> np.ndarray:
    """A picture as float32 in [0, 1]: uint8 is divided by 255."""
    picture = np.asarray(picture)
    if picture.ndim != 2:
        raise ValueError(f"a picture has two dimensions (H, W), not shape {picture.shape}")
    return picture.astype(np.float32) / 255 if picture.dtype == np.uint8 else picture.astype(np.float32)


# ---- pens and hands --------------------------------------------------------------------------------------------------


def _smooth(points: np.ndarray, steps: int = 6) -> np.ndarray:
    """A Catmull-Rom curve through `points` (N, 2); a point given twice stays a corner."""
    corners = [i + 1 for i in range(len(points) - 1) if np.allclose(points[i], points[i + 1])]
    pieces = []
    for piece in np.split(points, corners):
        padded = np.vstack([2 * piece[0] - piece[1], piece, 2 * piece[-1] - piece[-2]])
        a, b, c, d = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        pieces += [curve.reshape(-1, 2), piece[-1:]]
    return np.vstack(pieces)


def _bent(points: np.ndarray) -> np.ndarray:
    """The pen's way along `points` (N, 2) as a polyline: parabolas from middle to middle, within 1 / 1120."""
    if len(points) < 3:
        return points
    line, start = [points[0]], points[0]
    for control, after in pairwise(points[1:]):
        end = (control + after) / 2
        bend = start - 2 * control + end
        pieces = max(1, math.ceil(math.sqrt(FINE * (abs(bend[0]) + abs(bend[1])))))
        for i in range(1, pieces + 1):
            t = i / pieces
            line.append(start + t * (2 * (control - start) + t * bend))
        start = end
    return np.array([*line, points[-1]])


def _another_hand(strokes: list[np.ndarray], random: np.random.Generator) -> list[np.ndarray]:
    """The strokes slanted, turned, stretched and smoothly bent around the middle of the square."""
    angle, slant = np.radians(random.normal(0, 5)), random.normal(0.05, 0.16)
    stretch = np.diag([np.clip(random.normal(1.0, 0.14), 0.65, 1.3), 1.0])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    affine = (
        turn @ np.array([[1, -slant], [0, 1]]) @ stretch
    )  # y is downwards: a slant to the right leans the top right
    waves = random.normal(0, 0.018, (2, 2, 2))  # two slow waves for each coordinate, a few hundredths of the side high
    phases = random.uniform(0, 2 * np.pi, (2, 2))
    warped = []
    for points in strokes:
        points = (points - 0.5) @ affine.T
        slow, fast = (waves[k] @ np.sin(2 * np.pi * (0.6 + 0.6 * k) * points.T + phases[k][:, None]) for k in range(2))
        warped.append(points + (slow + fast).T + 0.5)
    everything = np.vstack(warped)
    low, high = everything.min(0), everything.max(0)
    shrink = min(1.0, 0.8 / float((high - low).max()))
    return [(points - (low + high) / 2) * shrink + 0.5 for points in warped]


def _place(strokes: list[np.ndarray], width: float) -> np.ndarray:
    """Strokes -> (28, 28): the drawn line fits the box of 20, its centre of mass in the middle."""
    everything = np.vstack(strokes)
    low, high = everything.min(0), everything.max(0)
    scale = (BOX - width) / float((high - low).max())
    placed = [(points - (low + high) / 2) * scale + MIDDLE for points in strokes]
    image = _coverage(*_segments(placed), SIDE, width, EDGE)
    rows, columns = _centre_of_mass(image)
    shift = np.array([MIDDLE - columns, MIDDLE - rows])
    return _coverage(*_segments([points + shift for points in placed]), SIDE, width, EDGE)


def _segments(lines: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Polylines -> starts and ends (N, 2) of their segments; a single point is a segment of no length."""
    starts = [line[:-1] if len(line) > 1 else line for line in lines]
    ends = [line[1:] if len(line) > 1 else line for line in lines]
    return (np.vstack(starts), np.vstack(ends)) if starts else (np.zeros((0, 2)), np.zeros((0, 2)))


def _coverage(starts: np.ndarray, ends: np.ndarray, size: int, width: float, edge: float) -> np.ndarray:
    """How much of each pixel a round pen of `width` pixels covers: (size, size) float32, ramp of `edge` pixels."""
    nearest = np.full((size, size), np.inf)  # squared distance to the pen's way, where it is within reach
    reach = width / 2 + edge / 2
    for (ax, ay), (bx, by) in zip(starts.tolist(), ends.tolist(), strict=True):
        left, right = max(0, math.floor(min(ax, bx) - reach)), min(size, math.ceil(max(ax, bx) + reach) + 1)
        top, bottom = max(0, math.floor(min(ay, by) - reach)), min(size, math.ceil(max(ay, by) + reach) + 1)
        if left >= right or top >= bottom:
            continue
        x, y = np.arange(left, right) - ax, np.arange(top, bottom)[:, None] - ay
        dx, dy = bx - ax, by - ay
        along = np.clip((x * dx + y * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        across, down = x - along * dx, y - along * dy
        window = nearest[top:bottom, left:right]
        np.minimum(window, across * across + down * down, out=window)
    return np.clip(0.5 + (width / 2 - np.sqrt(nearest)) / edge, 0, 1).astype(np.float32)


# ---- MNIST's steps ---------------------------------------------------------------------------------------------------


def _as_drawn(ink: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float]]:
    """The whole field of view shrunk to (28, 28), and (scale, row, column): pixel i of it lies at row + scale * i."""
    height, width = ink.shape
    scale = SIDE / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    drawn = np.zeros((SIDE, SIDE), np.float32)
    drawn[top : top + rows, left : left + columns] = _resize(ink, rows, columns)
    return drawn, (scale, top + scale / 2 - 0.5, left + scale / 2 - 0.5)


def _find_ink(ink: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float]] | None:
    """The inked part on a grid of WORK pixels, 0.5 at the ink's edge, with a margin; None where nothing is drawn.

    Returned with (top, left, step): pixel i of it lies at pixel top + step * i of the picture.
    """
    brightest = float(ink.max(initial=0))
    if brightest < 0.1:
        return None
    mask = ink > 0.4 * brightest
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left = rows[0] - 1, columns[0] - 1  # one pixel more on each side: the soft edge belongs to the ink
    part = np.pad(ink, 1)[top + 1 : rows[-1] + 3, left + 1 : columns[-1] + 3] / (0.8 * brightest)
    step = max(part.shape) / WORK
    crop = _resize(part, max(1, round(part.shape[0] / step)), max(1, round(part.shape[1] / step)))
    shift = step / 2 - 0.5 - MARGIN * step
    return np.pad(crop, MARGIN), (top + shift, left + shift, step)


def _resize(picture: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Resample to (rows, columns): bilinear, and averaging where it shrinks."""
    return np.asarray(Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR))


def _signed_distance(crop: np.ndarray) -> np.ndarray:
    """Distance of each pixel to the ink's edge (where the crop is 0.5), in pixels; negative inside the ink."""
    from scipy.ndimage import distance_transform_edt  # 0.2 s to import: not on the app's way up

    ink = crop > 0.5
    inside, outside = (np.asarray(distance_transform_edt(part)) for part in (ink, ~ink))
    return np.where(ink, 0.5 - inside, outside - 0.5).astype(np.float32)


def _pen_width(field: np.ndarray) -> float:
    """Mean width of the stroke in pixels: across a line of width w the mean distance to its edge is w / 4."""
    return max(1.0, -4 * float(field[field < 0].mean())) if (field < 0).any() else 1.0


def _with_pen(field: np.ndarray, pen: float, wanted: float) -> np.ndarray:
    """The signed distance of the same drawing by a pen `wanted` pixels wide, where its own is `pen`."""
    if wanted >= pen:
        return field - (wanted - pen) / 2
    from scipy.ndimage import distance_transform_edt, maximum_filter

    # Shaving a bold stroke must not break it where it is thin: there the width shrinks in proportion.
    depth = np.maximum(-field, 0)
    shaved = field + (pen - wanted) / 2
    thin = (depth > 0) & (depth >= maximum_filter(depth, 3)) & (depth < pen / 2)
    if not thin.any():
        return shaved
    away, (rows, columns) = cast(tuple, distance_transform_edt(~thin, return_indices=True))
    return np.minimum(shaved, away - depth[rows, columns] * (wanted / pen)).astype(np.float32)


def _in_the_middle(field: np.ndarray, box: float, largest: float = np.inf) -> tuple[float, float, float]:
    """(scale, row, column) that put the ink into the middle of SIDE x SIDE, its long side `box` pixels long."""
    low, high = np.array([_ends(field.min(1 - axis)) for axis in (0, 1)]).T
    scale = min(box / float((high - low).max()), largest)
    row, column = (SIDE - 1) / 2 - scale * (low + high) / 2
    return scale, float(row), float(column)


def _ends(profile: np.ndarray) -> tuple[float, float]:
    """Where a profile of distances becomes negative and where it ceases to be, between the pixels."""
    inside = np.flatnonzero(profile < 0)
    if not len(inside):
        return len(profile) / 2 - 0.5, len(profile) / 2 + 0.5
    first, last = max(1, inside[0]), min(len(profile) - 2, inside[-1])
    start = first - 1 + profile[first - 1] / max(profile[first - 1] - profile[first], 1e-6)
    return start, last + 1 - profile[last + 1] / max(profile[last + 1] - profile[last], 1e-6)


def _render(field: np.ndarray, place: tuple[float, float, float]) -> np.ndarray:
    """A signed distance field at (scale, row, column) -> the anti-aliased picture (SIDE, SIDE)."""
    from scipy.ndimage import map_coordinates

    scale, row, column = place
    pixels = np.arange(SIDE)
    where = np.meshgrid((pixels - row) / scale, (pixels - column) / scale, indexing="ij")
    distance = map_coordinates(field, where, order=1, mode="constant", cval=1e3)
    return np.clip(0.5 - distance * (scale / EDGE), 0, 1).astype(np.float32)


def _centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    """Row and column of the centre of mass, in pixel indices."""
    pixels, total = np.arange(SIDE), float(image.sum())
    return float(image.sum(1) @ pixels) / total, float(image.sum(0) @ pixels) / total
