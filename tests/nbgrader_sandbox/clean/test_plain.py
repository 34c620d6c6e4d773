"""Plain text: colours stay, a terminal obeys nothing else, lines are what they look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.ansi import ansi2html
from nbgrader_sandbox.clean.plain import MARK, add_note, clean_text, cut

ESC = "\x1b"


@pytest.mark.parametrize(
    "text",
    [
        f"{ESC}[31mred{ESC}[0m",
        f"{ESC}[1;38;5;208;4mx{ESC}[m",
        f"{ESC}[38;2;10;20;30mx{ESC}[39;49m",
        f"{ESC}[97;100mx{ESC}[;0m",
        "σ ∘ 🙂 العربية עברית 日本\n\ttab",
        "👩\u200d🔬",
    ],
)
def test_colours_and_letters_stay(text: str) -> None:
    notes: list[str] = []
    assert clean_text(text, notes) == text
    assert not notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a{ESC}[2Jb{ESC}[1;1Hc{ESC}[?25ld", "abcd"),
        (f"{ESC}]0;title\x07a{ESC}]8;;https://evil.test{ESC}\\link", "alink"),
        (f"a{ESC}P1$r data{ESC}\\b{ESC}_x{ESC}\\c{ESC}^y\x07d", "abcd"),
        (f"a{ESC}cb{ESC}(Bc{ESC}7d{ESC}", "abcd"),
        (f"a{ESC}]unclosed\nb", "a\nb"),
        (f"{ESC}[38mx", "x"),  # nbconvert raises IndexError at this one
        (f"{ESC}[38;5mx{ESC}[38;5;256mx{ESC}[48;2;1;2mx{ESC}[8mx", "xxxx"),
        (f"{ESC}[{'9' * 5000}mx", f"{'9' * 4960}mx"),
        ("a\bb\x07c\0d\x7fe\x9bf\ud800g", f"a{MARK}b{MARK}c{MARK}d{MARK}e{MARK}f{MARK}g"),
        ("\u202eevil\u2066x\u2069\u200f\ufeff", f"{MARK}evil{MARK}x{MARK}{MARK}{MARK}"),
        ("a\U000e0041b", f"a{MARK}b"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("a\r\nb\r\r\nc\r", "a\nb\nc"),
        ("a\x0bb\u2028c\x85d", "a\nb\nc\nd"),
    ],
)
def test_all_else_that_a_terminal_obeys_is_gone(text: str, expected: str) -> None:
    cleaned = clean_text(text, [])
    if "9999" not in text:
        assert cleaned == expected
    assert ESC not in cleaned


@given(st.text(st.sampled_from(f"{ESC}[]0123456789;mJH\x07\\\r\n\x9bP?a\u202e"), max_size=40))
def test_whatever_the_mixture_only_colours_stay_and_nbconvert_can_show_it(text: str) -> None:
    cleaned = clean_text(text, [])
    assert clean_text(cleaned, []) == cleaned
    shown = ansi2html(cleaned)
    assert ESC not in shown
    cleaned.encode()
    assert not set(cleaned) & set("\r\x07\x9b\u202e")


def test_very_many_colours_are_too_many() -> None:
    cleaned = clean_text(f"{ESC}[31mx" * 5000, [])
    assert cleaned.count(ESC) == 1000
    assert cleaned.count("x") == 5000


@given(
    st.text(st.sampled_from("aσ🙂\n"), max_size=400),
    st.integers(60, 300),
    st.integers(1, 30),
    st.booleans(),
)
def test_a_cut_holds_both_limits_says_so_and_is_stable(
    text: str, size: int, lines: int, tail: bool
) -> None:
    notes: list[str] = []
    kept = cut(text, size, lines, notes, tail=tail)
    assert len(kept.encode()) <= size
    assert len(kept.splitlines()) <= lines
    assert cut(kept, size, lines, [], tail=tail) == kept
    assert bool(notes) == (kept != text)
    if notes:
        assert "cut" in kept
        plain = kept.replace("[… more was printed; it is cut here …]", "").strip("\n")
        assert plain in text


def test_a_cut_leaves_no_half_of_a_colour() -> None:
    assert ESC + "[" not in cut("x" * 58 + f"{ESC}[31mred" * 20, 100, 9, []).replace("[… ", "")


def test_notes_are_single_lines_each_once_and_few() -> None:
    notes: list[str] = []
    for number in range(50):
        add_note(notes, "a\nb\u202e" + "x" * 500)
        add_note(notes, f"note {number}")
    assert len(notes) == 20
    assert all(len(note) <= 200 and note.isprintable() for note in notes)
    assert len(set(notes)) == 20
