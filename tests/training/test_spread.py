"""Intervals of shares, against the exact ones and by chance."""

import numpy as np
import pytest

from training.measures.spread import NINETY_FIVE, difference, share, wilson


def test_the_ends_are_where_the_score_test_just_holds():
    """Wilson's interval holds the shares p that lie within z standard errors, at p, of what was seen."""
    for successes, n in ((1, 10), (50, 100), (97, 100), (2, 5000)):
        for end in wilson(successes, n):
            assert abs(successes / n - end) == pytest.approx(NINETY_FIVE * np.sqrt(end * (1 - end) / n))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.64, 0.95])
def test_it_holds_the_truth_in_about_nineteen_of_twenty_trials(share):
    found = np.random.default_rng(0).binomial(100, share, 4000)
    held = np.mean([low <= share <= high for low, high in (wilson(int(k), 100) for k in found)])
    assert 0.92 <= held <= 0.985


def test_none_and_all_leave_room_to_one_side():
    assert wilson(0, 50)[0] == 0
    assert 0.05 < wilson(0, 50)[1] < 0.1
    assert wilson(50, 50)[1] == pytest.approx(1)


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(successes, n):
    with pytest.raises(ValueError, match="a share needs"):
        wilson(successes, n)


def test_the_interval_of_a_difference_is_newcombes():
    """Newcombe 1998 (Statistics in Medicine 17, 873), table II, method 10: 56/70 - 48/80 and 9/10 - 3/10."""
    for one, n, other, m, low, high in ((56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090)):
        apart, least, most = difference(share(one, n), share(other, m))
        assert apart == pytest.approx(one / n - other / m)
        assert (least, most) == pytest.approx((low, high), abs=1e-4)
