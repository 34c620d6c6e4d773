"""Brackets against a stack, and the course's own words against their file."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.datasets.brackets import brackets
from lstm_ref.datasets.counting import UNDECIDED
from lstm_ref.datasets.own_words import CHARACTERS, HELD_OUT, codes, own_words
from tests.strategies import seeds, sizes


@given(seed=seeds, heights=st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_a_label_says_whether_a_stack_is_empty(seed: int, heights: list[int]) -> None:
    xs, labels = brackets(np.random.default_rng(seed), heights)
    for b, height in enumerate(heights):
        stack: list[int] = []
        highest = 0
        for t in range(len(xs)):
            if labels[t, b] == UNDECIDED:
                assert not xs[t:, b].any()
                break
            assert xs[t, b].sum() == 1
            if xs[t, b, 0]:
                stack.append(t)
            else:
                stack.pop()  # raises where there is none
            highest = max(highest, len(stack))
            assert labels[t, b] == (not stack)
        assert not stack
        assert highest == height


@given(seed=seeds, length=st.integers(1, 40), batch_size=sizes, held_out=st.booleans())
def test_a_label_is_the_character_after_its_input(
    seed: int, length: int, batch_size: int, held_out: bool
) -> None:
    xs, labels = own_words(
        np.random.default_rng(seed), length=length, batch_size=batch_size, held_out=held_out
    )
    assert xs.shape == (length, batch_size, len(CHARACTERS))
    text = "".join(CHARACTERS[k] for k in codes())
    border = int(len(text) * (1 - HELD_OUT))
    part = text[border:] if held_out else text[:border]
    for b in range(batch_size):
        read = [CHARACTERS[k] for k in xs[:, b].argmax(-1)]
        assert "".join([*read, CHARACTERS[labels[-1, b]]]) in part
        assert read[1:] == [CHARACTERS[k] for k in labels[:-1, b]]


def test_the_text_is_english_in_small_letters_and_of_one_size() -> None:
    text = "".join(CHARACTERS[k] for k in codes())
    assert len(text) == 16_590
    assert "the film was not good. the music was great." in text
    assert "  " not in text


@pytest.mark.parametrize(
    ("heights", "words"), [([], "expected at least one"), ([2, 0], "none below 1")]
)
def test_brackets_that_cannot_be_drawn_are_told(heights: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        brackets(np.random.default_rng(0), heights)


def test_a_piece_that_is_too_long_is_told() -> None:
    with pytest.raises(ValueError, match=r"length is 99999; expected less than 1659"):
        own_words(np.random.default_rng(0), length=99_999, batch_size=1, held_out=True)
