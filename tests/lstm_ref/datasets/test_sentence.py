"""The hand-made cell does on the sentence what the chapter says of it, by torch's cell."""

import numpy as np
import torch

from lstm_ref.datasets import sentence
from tests import in_torch


def states(words: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    cell = in_torch.cell(sentence.params)
    h, c = torch.zeros(1, 2, dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64)
    hs, cs = [], []
    with torch.no_grad():
        for x in torch.tensor(sentence.numbers(words)):
            h, c = cell(x[None], (h, c))
            hs.append(h.numpy()[0])
            cs.append(c.numpy()[0])
    return np.array(hs), np.array(cs)


def test_the_note_is_written_at_not_shown_at_praise_and_dropped_at_the_full_stop() -> None:
    hs, cs = states(sentence.words)
    assert (np.abs(cs[:3, 0]) < 0.05).all()
    assert (cs[3:5, 0] > 0.9).all()
    assert (np.abs(cs[5:, 0]) < 0.05).all()
    assert hs[:, 0].argmax() == sentence.words.index("good")
    assert (np.delete(hs[:, 0], 4) < 0.05).all()


def test_the_verdict_turns_where_there_is_a_not() -> None:
    for words, verdict in (
        (("The", "film", "was", "good", "."), 0.5),
        (("The", "film", "was", "not", "good", "."), -0.5),
        (sentence.words, 0.0),
    ):
        assert abs(states(words)[1][-1, 1] - verdict) < 0.1, words


def test_the_inputs_are_the_words() -> None:
    np.testing.assert_array_equal(sentence.xs, sentence.numbers(list(sentence.words)))
    assert " ".join(sentence.words).replace(" .", ".") == (
        "The film was not good. The music was great."
    )
