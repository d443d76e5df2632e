"""How sure a measured number is: intervals of 95 % unless another is asked for."""

import math

NINETY_FIVE = 1.959964  # standard deviations to either side of a Gaussian's mean that hold 95 % of it


def wilson(successes: float, n: int, z: float = NINETY_FIVE) -> tuple[float, float]:
    """The interval of a share, `successes` of `n` (Wilson 1927); it stays within [0, 1], at 0 and n as well.

    ValueError unless 0 <= successes <= n and n > 0.
    """
    if not (n > 0 and 0 <= successes <= n):
        raise ValueError(f"a share needs 0 <= successes <= n and n > 0, not {successes} of {n}")
    share, extra = successes / n, z * z / n
    middle = (share + extra / 2) / (1 + extra)
    half = z * math.sqrt(share * (1 - share) / n + extra / (4 * n)) / (1 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(successes: float, n: int) -> dict:
    """A measured share as the analyses store it: {"share", "interval", "pictures"}, of n pictures."""
    return {"share": successes / n, "interval": wilson(successes, n), "pictures": n}


def difference(one: dict, other: dict) -> tuple[float, float, float]:
    """one - other of two independent measured shares, and its 95 % interval by Newcombe's hybrid score (1998)."""
    p, q, (p_low, p_high), (q_low, q_high) = one["share"], other["share"], one["interval"], other["interval"]
    apart = p - q
    return apart, apart - math.hypot(p - p_low, q_high - q), apart + math.hypot(p_high - p, q - q_low)
