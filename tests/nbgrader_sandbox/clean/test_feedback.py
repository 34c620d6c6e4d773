"""nbgrader's own generate_feedback, with what `configure_feedback` sets."""

import re
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader_sandbox.clean.feedback import (
    POLICY,
    HideTests,
    _Highlight,
    markdown_to_html,
)
from nbgrader_sandbox.clean.maths import to_mathml
from nbgrader_sandbox.course import Course

from tests.nbgrader_sandbox.clean.attacks import HTML, MARKDOWN
from tests.nbgrader_sandbox.clean.audit import audit
from tests.nbgrader_sandbox.clean.pages import write_feedback
from tests.nbgrader_sandbox.conftest import released_notebook

SECRET = "assert forget_gate(secret_input) == secret_answer"
HIDDEN = (
    f"# Graded.\n### BEGIN HIDDEN TESTS\n{SECRET}\n\ngrade('gate')\n### END HIDDEN TESTS\ndone()"
)


def _submission() -> Any:
    """An autograded notebook, as another grader might leave it: nothing in it is cleaned."""
    nb = released_notebook()
    by_name = {
        cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if "nbgrader" in cell.metadata
    }
    by_name["gate"].outputs = [
        new_output("display_data", {"text/html": attack, "application/javascript": "hit()"})
        for attack in HTML
    ]
    by_name["why"].source = "My answer: $c_t = f_t \\circ c_{t-1}$ ![x](attachment:missing.png)"
    test = by_name["test_gate"]
    test.source = HIDDEN
    test.outputs = [
        new_output("stream", name="stdout", text=f"seen: {SECRET}\nWhere is the bias?\n"),
        new_output("error", ename="AssertionError", evalue="no", traceback=["x", f"--> {SECRET}"]),
    ]
    nb.cells += [new_markdown_cell(attack) for attack in [*HTML, *MARKDOWN]]
    nb.cells.append(new_markdown_cell("$$\\begin{aligned}a &= b\\\\c &= d\\end{aligned}$$"))
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a": "</script>"}}
    return nb


@pytest.fixture
def page(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The feedback of one student, as nbgrader writes it."""
    monkeypatch.chdir(tmp_path)
    comments = {"why": "Well said: $f_t$ <script>hit()</script>"}
    return write_feedback(course, tmp_path, _submission(), comments).read_text()


def test_the_page_runs_nothing_loads_nothing_and_shows_no_hidden_test(page: str) -> None:
    # Of the page's own head and frame these are known; a student's part has none of them.
    known = {
        "<html>",
        "<head>",
        "<body>",
        "<meta>",
        "<title>",
        "<style>",
        "<math>",
        "<!doctype html>",
    }
    styles = re.compile(r"<(style)\b.*?</style>", re.DOTALL)
    found = [one for one in audit(styles.sub("", page)) if one.lower() not in known]
    found = [one for one in found if not re.match(r"<!-|style=|tabindex=(-1|0)$", one)]
    assert not found
    assert "<script" not in page
    assert "cdnjs" not in page
    for secret in ("secret_input", "secret_answer", "grade('gate')"):
        assert secret not in page
    assert "hidden test: 8 points" in page
    assert "Where is the bias?" in page
    assert "AssertionError" in page
    assert "Well said: <math>" in page
    assert page.count("Content-Security-Policy") == 1
    assert page.index("Content-Security-Policy") < page.index("<style")
    assert page.index("Content-Security-Policy") < page.index("<title")
    assert "default-src 'none'" in POLICY
    assert "script-src" not in POLICY
    assert page.count("<math") >= 3


def _hidden(source: str, outputs: list[Any] | None = None, points: Any = 8) -> Any:
    cell = new_code_cell(source, outputs=outputs or [])
    cell.metadata["nbgrader"] = {"points": points, "grade": True}
    nb, _ = HideTests().preprocess(new_notebook(cells=[cell]), {})
    return nb.cells[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (HIDDEN, "# Graded.\n# hidden test: 8 points\ndone()"),
        ("### BEGIN HIDDEN TESTS\nsecret", "# hidden test: 8 points"),
        (
            "a\n# BEGIN HIDDEN TESTS\n# BEGIN HIDDEN TESTS\nb\n# END HIDDEN TESTS",
            "a\n# hidden test: 8 points",
        ),
        ("check('gate')", "check('gate')"),
    ],
)
def test_one_line_stands_for_a_hidden_test(source: str, expected: str) -> None:
    assert _hidden(source).source == expected


def test_points_are_said_where_they_are_known() -> None:
    assert "2.5 points" in _hidden(HIDDEN, points=2.5).source
    assert "# hidden test\n" in _hidden(HIDDEN, points=None).source


def test_outputs_do_not_quote_a_hidden_test() -> None:
    coloured = "\x1b[32massert\x1b[39m forget_gate(secret_input) == secret_answer"
    outputs = [
        new_output("stream", name="stdout", text=f"{SECRET}\n{coloured}\nfine"),
        new_output("execute_result", {"text/plain": f"x {SECRET}"}),
        new_output("error", ename="E", evalue=SECRET, traceback=[coloured]),
    ]
    assert "secret" not in str(_hidden(HIDDEN, outputs).outputs)


@pytest.mark.parametrize("attack", [*HTML, *MARKDOWN])
def test_markdown_becomes_clean_html(attack: str) -> None:
    for source in (attack, f"$x$ {attack} $y$", f"# {attack} $x$", f"![{attack} $x$](a.png '$y$')"):
        found = markdown_to_html(source, {})
        ours = ("<math>", "tabindex=0")  # a formula in a line of its own, which may scroll
        assert not [one for one in audit(found) if one not in ours]


def test_formulas_stand_where_they_were_written() -> None:
    html = markdown_to_html(
        "# The $h_t$ of\n\na $x_t$ b `$q$`\n\n$$y$$\n\n| $z$ |\n|---|\n| 1 |", {}
    )
    plain = re.sub(r"<[^>]*>", "", html)
    assert "".join(plain.split()) == "Thehtof¶axtb$q$yz1"
    assert html.count("<math") == 4
    assert html.count('display="block"') == 1
    assert "</math> of<a" in html


def test_a_student_cannot_write_a_formulas_place() -> None:
    source = '<span title="00000000000000000000000000000000-0">x</span> $a$ \ue000'
    assert markdown_to_html(source, {}).count("<math") == 1


@pytest.mark.parametrize(
    ("tex", "letters"),
    [
        (r"f_t = \sigma(W_f\, x_t + U_f\, h_{t-1} + b_f)", "σ"),
        (r"c_t = f_t \odot c_{t-1} + i_t \circ g_t", "⊙"),
        (r"\frac{\partial L}{\partial h_{t-1}} = \sum_{k=1}^{T} \prod_j \mathbf{W}^\top", "∂"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "<mtable"),
        (r"\begin{cases} 1 & x>0 \\ 0 & \text{otherwise} \end{cases}", "otherwise"),
        (r"\operatorname{softmax}(x)_i \in \mathbb{R}^{4H \times I}", "softmax"),
        (r"\left\| \nabla_\theta \mathcal{L} \right\|_2 \le \hat{y} \tilde{h}", "∇"),
        (r"\color{red} x", "#FF0000"),
    ],
)
def test_the_courses_kind_of_formula_becomes_mathml(tex: str, letters: str) -> None:
    found = to_mathml(tex)
    assert found.startswith("<math")
    assert letters in found


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>hit()</script>}",
        r"\href{javascript:hit()}{x}",
        r"\style{position:fixed}{x}",
        r"\def\a{\a\a}\a",
        r"\color{red;position:fixed} x",
        r"\text{\" onload=\"hit()}",
        r"\unknown <img src=x onerror=hit()>",
        r"\frac{1",
        "}{",
        "{" * 5000,
        r"\frac{" * 800 + "x",
        "x" * 6000,
        "\0\x1b",
    ],
)
def test_no_formula_breaks_out_or_breaks_the_page(tex: str) -> None:
    found = to_mathml(tex)
    assert not [one for one in audit(found) if one != "<math>"]
    assert found.startswith(("<math", '<code class="tex">'))


def test_code_that_is_slow_to_colour_is_shown_plain() -> None:
    coloured: list[str] = []

    def colour(source: str) -> str:
        coloured.append(source)
        return source

    highlight = _Highlight(colour)
    assert highlight("k = 1") == "k = 1"
    plain = highlight("x" + ".a" * 1000 + "<b>")
    assert plain.startswith('<div class="highlight"><pre>x.a')
    assert "&lt;b&gt;" in plain
    for _ in range(30):
        highlight("k = 1\n" * 2000)
    assert sum(map(len, coloured)) <= highlight.CHARACTERS
