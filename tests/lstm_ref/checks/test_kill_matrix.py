"""The proof that wrong answers lose points, on other draws of the inputs than authors looked at."""

import pytest

from lstm_ref.checks import course, exercise, exercises, styles
from lstm_ref.checks.judge import judge, known_on
from lstm_ref.checks.kill_matrix import as_known, as_student, prove, rows

PARTS = course.parts()

#: Parts with little room: what can go wrong with one product of two numbers is soon told.
FEW = 8


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_every_answer_is_judged_as_it_deserves_on_20_draws(part: str) -> None:
    report = prove(part, [20001, *range(1000, 1019)], pair_seeds=[1000])
    assert not report.failed, report.failed[:10]
    assert report.told >= 0.85 * report.shown, report.untold[:20]


def test_what_is_said_to_be_the_same_on_every_draw_is_there_and_is() -> None:
    """Neither numbers nor their absence change: no inputs are read, or the right ones handed on."""
    asked = exercise("forget_gate")
    found = [row for row in rows(asked, 1) if row.answer in styles.ALIKE]
    assert {row.answer for row in found} == styles.ALIKE
    for row in found:
        verdicts = [judge(asked, as_student(row.source, asked.name), seed) for seed in range(1, 9)]
        assert {(v.mistake, v.title, v.share) for v in verdicts} == {
            (row.expected, verdicts[0].title, row.keeps)
        }, row.answer


@pytest.mark.parametrize("part", ["keep", "rnn", "torch_to_onnx", "lstm_backward", "LSTMCell"])
def test_a_mistake_is_judged_alike_as_a_text_and_as_what_is_known_of_it(part: str) -> None:
    asked, spared = exercise(part), 0
    for row in rows(asked, 7):
        if not (seen := as_known(known_on(asked, 7), row)):
            continue
        spared += 1
        answer = as_student(row.source, part)
        by_text, by_known = (judge(asked, answer, 7, watched=False, seen=s) for s in ((), seen))
        assert (by_text.mistake, by_text.title, by_text.share, by_text.fact) == (
            by_known.mistake,
            by_known.title,
            by_known.share,
            by_known.fact,
        ), row.answer
    assert spared >= len(asked.mistakes) // 2


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_mistakes_and_styles_to_be_proved_by(part: str) -> None:
    asked = exercise(part)
    assert len(asked.mistakes) >= FEW
    answers = [row.answer for row in rows(asked, 1)]
    assert len(answers) == len(set(answers))
    right = [row for row in rows(asked, 1) if row.expected is None]
    assert len(right) >= (12 if not asked.use else 3), [row.answer for row in right]


def test_the_course_has_mistakes_enough_and_says_where_they_were_made() -> None:
    mistakes = [mistake for asked in exercises().values() for mistake in asked.mistakes]
    assert len(mistakes) >= 160
    assert sum(mistake.source != "constructed" for mistake in mistakes) >= 40


@pytest.mark.parametrize("part", PARTS)
def test_every_mistake_leads_on_in_full_sentences(part: str) -> None:
    asked = exercise(part)
    for mistake in asked.mistakes:
        question, *pointers = mistake.hints
        assert question.rstrip().endswith(("?", ".")), mistake.name
        assert "?" in question, mistake.name
        assert pointers
        assert all(one.rstrip()[-1] in ".:?" for one in pointers), mistake.name
        assert not mistake.title.endswith("."), mistake.name
        assert len(mistake.name) <= 40
        assert mistake.name.replace("-", "").isalnum()
        assert mistake.source
    for mistake in asked.mistakes:
        ladder = [*mistake.hints, asked.last_rung(mistake)]
        if len(asked.text.splitlines()) > 3:
            assert not any(asked.text.strip() in rung for rung in ladder)
        assert len(ladder) >= 3
