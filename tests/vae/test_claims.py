"""Every sentence of this tab that states a number, a comparison or a cause, and the test that computes it.

A sentence that is mended without its test fails here, and so does a test that goes.
"""

from pathlib import Path

import pytest

from demos.vae import TAB
from tests.claims import names_of_tests, words_of

TESTS = Path(__file__).parent
CLAIMS = [  # (room, words of its lesson or view, the test that computes them)
    ("map", "Two numbers are for looking", "test_the_map_starts_with_the_network_that_keeps_most_classes"),
    ("map", "A class is not yet a digit", "test_what_is_a_digit_to_the_judge_is_counted_beside_the_class"),
    ("map", "keeps the class of {kept} of {pictures} test digits", "test_the_lesson_is_filled_from_what_was_measured"),
    ("map", "Its posterior lies across a border", "test_the_exercise_lies_across_a_border_and_most_pictures_do_not"),
    ("map", "Most posteriors do not", "test_the_exercise_lies_across_a_border_and_most_pictures_do_not"),
    ("film", "Half-way between {walks} pairs", "test_the_walks_are_those_of_the_instrument"),
    ("film", "{fade_words}", "test_what_is_said_of_the_cross_fade_follows_the_intervals"),
    ("film", "look like the class of one of the ends", "test_the_walks_are_those_of_the_instrument"),
    ("film", "lie near a shell of radius", "test_means_lie_inside_the_shell_and_drawn_codes_on_it"),
    ("film", "those lie further inside", "test_means_lie_inside_the_shell_and_drawn_codes_on_it"),
    ("film", "In two dimensions there is no shell", "test_means_lie_inside_the_shell_and_drawn_codes_on_it"),
    ("film", "{circle_words}", "test_what_is_said_of_the_circle_follows_the_intervals"),
    ("samples", "{aggregate} from the aggregate", "test_the_decoder_does_better_from_where_its_codes_came"),
    ("samples", "{temperatures}", "test_the_shares_at_three_temperatures_are_those_of_the_instrument"),
    ("samples", "{cold}", "test_what_is_said_of_the_cold_follows_the_intervals"),
    ("samples", "of real test digits it accepts {real}", "test_halves_by_chance_are_alike"),
    ("samples", "{mismatch}", "test_what_is_said_of_the_mismatch_follows_the_intervals"),
    ("samples", "Other VAEs, from the prior", "test_every_other_vae_of_digits_is_named_with_both_shares"),
    ("samples", "draws from N(0, I) mostly fall", "test_without_the_kl_term_the_prior_misses_the_codes"),
    ("ledger", "on average over those chances", "test_the_bill_bounds_black_and_white_pictures_on_average"),
    ("ledger", "tighter bound", "test_the_weighted_bound_is_tighter_than_the_mean_of_the_draws"),
    ("ledger", "nine in ten draws cost between {low} and {high} nats", "test_one_draw_says_little"),
    ("ledger", "less than {more} of the test digits", "test_an_empty_page_is_cheap"),
]  # fmt: skip


@pytest.mark.parametrize(("room", "words", "test"), CLAIMS)
def test_a_claim_stands_on_the_page_and_is_computed(room, words, test):
    files = [TAB.folder(room) / name for name in ("lesson.en.md", "view.js")]
    assert words in words_of(files).replace('" + "', ""), f"{room} does not say it any more"
    assert test in names_of_tests([TESTS / f"test_{room}.py"])
