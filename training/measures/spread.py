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
