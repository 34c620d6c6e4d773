"""The numbers of a class, against what can be counted by hand."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_sandbox.reporting import words
from nbgrader_sandbox.reporting.classroom import Class
from nbgrader_sandbox.reporting.numbers import (
    STOPPED,
    Bin,
    Mistake,
    Question,
    bins,
    facts,
    levels,
    mistakes,
    questions,
)


@given(
    st.floats(0.1, 1000).map(lambda of: round(of, 2)),
    st.lists(st.floats(0, 1.2), min_size=1, max_size=60),
)
def test_each_score_is_in_one_bin_and_bins_have_no_gaps(of: float, shares: list[float]) -> None:
    scores = [share * of for share in shares]
    found = bins(scores, of)
    assert 1 <= len(found) <= 12
    assert (found[0].low, found[-1].high) == (0, pytest.approx(of))
    assert all(math.isclose(a.high, b.low) for a, b in pairwise(found))
    assert sum(one.students for one in found) == len(scores)
    inner = [
        sum(one.low + 1e-9 < score < one.high - 1e-9 for score in scores) for one in found[:-1]
    ]
    assert all(one.students >= count for one, count in zip(found[:-1], inner, strict=True))


def test_a_score_on_an_edge_is_in_the_upper_bin_and_full_marks_in_the_last() -> None:
    assert bins([0, 1.99, 2, 14, 15, 16], 15) == [
        Bin(0, 2, 2),
        Bin(2, 4, 1),
        *(Bin(low, low + 2, 0) for low in (4, 6, 8, 10, 12)),
        Bin(14, 15, 3),
    ]


def test_there_are_no_bins_without_scores_or_points() -> None:
    assert bins([], 10) == bins([0.0], 0) == []


def test_questions_count_graded_submissions_only(little: Class) -> None:
    assert questions(little) == [
        Question("gate", 8, 4, 0, 5.0, 2, 1, 1),
        Question("keep", 4, 4, 0, 2.5, 2, 1, 1),
    ]


def test_mistakes_are_ranked_and_an_anonymous_list_repeats_no_student(little: Class) -> None:
    named = Mistake("gate", "the bias b is missing", 2, "bias-missing")
    assert mistakes(little) == [named, Mistake("keep", "KeyError: 'dina is here'", 1)]
    # A title may quote an answer, comments and all; a mistake's name is the checker's own.
    named = Mistake("gate", "bias missing", 2, "bias-missing")
    assert mistakes(little, anonymous=True) == [named, Mistake("keep", STOPPED, 1)]


def test_a_fact_that_was_noted_twice_is_one_with_its_count(little: Class) -> None:
    (fact,) = facts(little.submissions[2])
    assert (fact.student, fact.notebook, fact.cell, fact.times) == ("chen", "gate", 3, 2)
    assert levels(little) == [("bwrap + namespaces", 2)]


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (1e-4, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")],
)
def test_only_nothing_is_0_and_only_everything_is_100_percent(share: float, shown: str) -> None:
    assert words.percent(share) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0571, "0.06 s"), (12.34, "12.3 s"), (125.2, "2 min 5 s")]
)
def test_times_are_short(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown
