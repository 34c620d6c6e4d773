"""One class of attackers, graded by one real run of nbgrader: none gets what it does not deserve.

What must be true of each is in `attack.py`; what is true of the whole run, below.
"""

import csv
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.nbgrader_sandbox.hostile import look, run_class
from tests.nbgrader_sandbox.hostile.attack import Attack
from tests.nbgrader_sandbox.hostile.attacks_oracles import PAIRS
from tests.nbgrader_sandbox.hostile.attacks_stages import FORMULAS
from tests.nbgrader_sandbox.hostile.everything import ATTACKS
from tests.nbgrader_sandbox.hostile.parts import POINTS
from tests.nbgrader_sandbox.hostile.run_class import HONEST, REPORTS, Ran

pytestmark = pytest.mark.gate


def name(attack: Attack) -> str:
    return ascii(attack.name)[1:-1]


each = pytest.mark.parametrize("attack", ATTACKS, ids=name)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The class, graded once."""
    return run_class.run(tmp_path_factory.mktemp("hostile") / "course", ATTACKS)


def test_names_are_unique_and_themes_are_many() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 70
    assert len({attack.theme for attack in ATTACKS}) >= 12


# --- each attack ---------------------------------------------------------------------------


@each
def test_it_gets_what_it_deserves(ran: Ran, attack: Attack) -> None:
    scores = dict.fromkeys(POINTS, 0.0) if attack.left_out else ran.scores[attack.student]
    for part, deserved in attack.allowed().items():
        assert scores[part] is not None, f"{part} has no score"
        lost = part in attack.may_lose and scores[part] == 0
        assert scores[part] == deserved or lost, f"{part}: {scores[part]} for {deserved}"


@each
def test_it_leaves_nothing_that_it_should_not(ran: Ran, attack: Attack) -> None:
    assert ran.harm(attack) == []


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.evidence], ids=name)
def test_it_is_noted(ran: Ran, attack: Attack) -> None:
    assert ran.evidence(attack) & set(attack.evidence), ran.outcome(attack)


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.says], ids=name)
def test_its_student_is_told_why(ran: Ran, attack: Attack) -> None:
    reasons = ran.reasons(attack)
    assert any(re.search(attack.says, reason) for reason in reasons), reasons
    assert all(len(reason) < 500 and "\n" not in reason for reason in reasons)


# --- the run as a whole --------------------------------------------------------------------


def test_the_run_ends_well_and_in_time(ran: Ran) -> None:
    assert ran.code == 1, ran.said  # somebody was left out, and that is said
    assert "left out: " in ran.said
    assert ran.feedback_code == 0, ran.said
    assert "Traceback" not in ran.said
    assert ran.seconds < 600  # no attack holds it for longer than its limits


def test_honest_students_have_their_points(ran: Ran) -> None:
    for student, parts in HONEST.items():
        deserved = {part: points * (part in parts) for part, points in POINTS.items()}
        assert ran.scores[student] == {**deserved, "why": 0.0}, student


def test_what_can_be_had_is_as_it_was(ran: Ran) -> None:
    assert ran.maxima == {**POINTS, "why": 1.0}
    assert all(set(scores) == {*POINTS, "why"} for scores in ran.scores.values())


def test_the_students_are_those_that_handed_in(ran: Ran) -> None:
    attackers = {attack.student for attack in ATTACKS if not attack.left_out}
    assert set(ran.scores) == attackers | {*HONEST}


def test_nothing_else_was_changed_reached_or_left(ran: Ran) -> None:
    assert ran.changed == []
    assert ran.litter == []
    assert ran.heard == []
    assert ran.left == []


def test_other_students_show_nothing_of_it(ran: Ran) -> None:
    for student in HONEST:
        page = ran.course.feedback(student).read_text(encoding="utf-8")
        assert look.leaked(page) + look.live(page) == []
        assert "BROKEN" not in page


@pytest.mark.parametrize("pair", PAIRS)
def test_asking_tells_nothing(ran: Ran, pair: str) -> None:
    """What both read is the same, whether they asked for what is there or for what is not."""
    right, wrong, words = PAIRS[pair]
    said = [_without(ran, one, (*words, right.name, wrong.name)) for one in (right, wrong)]
    assert said[0] == said[1]


def _without(ran: Ran, attack: Attack, words: Sequence[str]) -> str:
    """Return all that a student reads, without these words and what is drawn at random."""
    cells = look.notebook(ran.notebook(attack))["cells"]
    shown = json.dumps([one.get("outputs") for one in cells])
    said = "\n".join([ran.page(attack), shown, *ran.reasons(attack)])
    for word in words:
        said = said.replace(word, "@")
    return re.sub(r"cell-id=[\w-]+", "", said)


def test_report_and_export_are_of_all_and_run_nothing(ran: Ran) -> None:
    assert ran.report_code == ran.export_code == 0, ran.said[-2000:]
    page, *tables = [(ran.course.root / name).read_text("utf-8") for name in REPORTS]
    assert look.live(page) + look.leaked(page) == []
    for student in ("aaa-all", "zzzz-all"):
        assert all(student in text for text in (page, *tables))


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", REPORTS[1:])
def test_no_cell_of_a_table_is_a_formula(ran: Ran, name: str, between: str) -> None:
    path = ran.course.root / name
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=between) for cell in row]
    risky = [cell for cell in cells if cell.strip(" \"'\u3000").startswith(FORMULAS)]
    # What an apostrophe precedes is text, and so is a number or a plain word.
    found = [cell for cell in risky if not re.fullmatch(r"\s*('.*|[-+@]?[\w.]*)", cell, re.DOTALL)]
    assert found == []


@pytest.mark.browser
def test_no_script_runs_in_any_feedback_page(ran: Ran, browser: Any) -> None:
    context = browser.new_context()
    context.add_init_script(
        "window.ran = []; window.hostile_script = (...words) => window.ran.push(words)"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    pages = [ran.course.feedback(one.student) for one in ATTACKS if "script" in _all(ran, one)]
    assert len(pages) >= 8
    for path in pages:
        page.goto(path.as_uri())
        page.wait_for_timeout(50)
        assert page.evaluate("window.ran") == [], path
        assert page.url == path.as_uri()
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def _all(ran: Ran, attack: Attack) -> str:
    """Return a submission's text, where it is small."""
    paths = ran.course.submission(attack.student).glob("*.ipynb")
    small = [path for path in paths if path.is_file() and path.stat().st_size < 10**6]
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in small)
