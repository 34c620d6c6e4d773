"""A week of a class on a real JupyterHub: from the release to the feedback that a student reads.

One instructor, three students, and one who cheats. What can be pressed on a page is pressed in a
browser, and its pictures are left in _build/classroom/; the rest is asked of the same servers.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page

from tests.classroom.hub import COURSE, PROXY, ROOT, Hub, call_by_name, give_formgrader, started
from tests.conftest import missing
from tests.servers import until
from tools.release import course_folder
from tools.sample_answers import FORGET_GATE, KEEP, WHY

pytestmark = pytest.mark.gate

ASSIGNMENT, NOTEBOOK = "02-forget-gate", "forget-gate"
PLACE = f"{ASSIGNMENT}/{NOTEBOOK}.ipynb"
TEACHER, STUDENTS = "teacher", ("ada", "bela", "cleo", "mallory")
PICTURES = ROOT / "_build" / "classroom"
WAIT = 90.0  # seconds, at most: a hub has six servers

#: What mallory puts above the answers: it looks for tests and others' work, and gives itself marks.
HOSTILE = """
import builtins, glob, os, sqlite3, sys
seen = [p for top in ("/", os.path.expanduser("~"), "..", "../../..")
        for p in glob.glob(f"{top}/**/gradebook.db", recursive=True)[:3]]
for path in seen:
    try:
        sqlite3.connect(path).execute("update grade set manual_score = 15").connection.commit()
    except Exception:
        pass
class Always(float):
    def __eq__(self, other): return True
    def __hash__(self): return 1
builtins.float = Always
sys.modules["lstm_ref.checks"] = type(sys)("lstm_ref.checks")
sys.modules["lstm_ref.checks"].grade = lambda *a, points=8, **k: float(points)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    if not PROXY.is_file():
        missing("no configurable-http-proxy here: run `make book`, which installs it")
    with started(tmp_path_factory.mktemp("hub"), {TEACHER, *STUDENTS}) as hub:
        give_formgrader(hub, TEACHER)
        course_folder(hub.home(TEACHER))
        for student in STUDENTS:
            call_by_name(hub, student)
        for person in (TEACHER, *STUDENTS):
            hub.start_server(person)
        yield hub


class Desk:
    """What one person does, at their own server."""

    def __init__(self, hub: Hub, person: str) -> None:
        self.hub, self.person = hub, person

    def __call__(self, path: str, method: str = "POST", **sent: Any) -> Any:
        """Ask the person's server."""
        return self.hub.ask(f"user/{self.person}/{path}", method, sent)

    def does(self, path: str) -> None:
        """Press a button of the formgrader's. It must succeed."""
        done = self(f"formgrader/api/{path}")
        assert done["success"], done

    def exchange(self, action: str) -> Any:
        """Fetch, submit, or fetch feedback, as the list of assignments does."""
        return self(f"assignments/{action}", course_id=COURSE, assignment_id=ASSIGNMENT)

    def read(self) -> Any:
        """Return the notebook as it lies in the person's folder."""
        return self.hub.ask(f"user/{self.person}/api/contents/{PLACE}")["content"]

    def write(self, answers: Mapping[str, str], before: str = "") -> None:
        """Save the notebook with these answers in it, by part."""
        notebook = self.read()
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name in answers:
                cell["source"] = answers[name].strip()
            if name == "forget_gate" and before:
                cell["source"] = f"{before.strip()}\n{cell['source']}"
        self(f"api/contents/{PLACE}", "PUT", type="notebook", content=notebook)


@pytest.fixture(scope="module")
def sit(hub: Hub, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Give a page of a browser in which a person is logged in."""
    contexts = []

    def opened(person: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page: Page = contexts[-1].new_page()
        page.goto(f"{hub.address}/hub/login")
        page.fill("input[name=username]", person)
        page.fill("input[name=password]", hub.password)
        page.click("input[type=submit], button[type=submit]")
        page.wait_for_url(f"{hub.address}/user/{person}/**", timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def answers(gate: str, keep: str, why: str) -> dict[str, str]:
    return {"forget_gate": FORGET_GATE[gate], "keep": KEEP[keep], "why_sigmoid": WHY[why]}


def test_a_week_of_a_class(hub: Hub, sit: Callable[[str], Page]) -> None:
    teacher = Desk(hub, TEACHER)
    ada, bela, cleo, mallory = (Desk(hub, name) for name in STUDENTS)

    # The instructor makes the students' notebook, and hands it out.
    teacher.does(f"assignment/{ASSIGNMENT}/assign")
    teacher.does(f"assignment/{ASSIGNMENT}/release")
    desk = sit(TEACHER)
    desk.goto(f"{hub.address}/user/{TEACHER}/formgrader/manage_assignments")
    assert until(lambda: desk.get_by_text(ASSIGNMENT, exact=True).count(), WAIT)
    picture(desk, "1-released")

    # Each student fetches it, works and hands in: one wrong first, who asks the check.
    for student in (ada, bela, cleo, mallory):
        student.exchange("fetch")
        text = json.dumps(student.read())
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN TESTS" not in text
    ada.write(answers("tanh", "product", "share"))
    _run_in_the_browser(hub, sit("ada"))
    ada.write(answers("matrix product", "product", "share"))
    bela.write(answers("no bias", "product", "short"))
    cleo.write(answers("einsum", "squashed", "wrong"))
    mallory.write(answers("tanh", "squashed", "share"), before=HOSTILE)
    for student in (ada, bela, cleo, mallory):
        done = student.exchange("submit")
        assert done["success"], done

    # The time is up, and one hands in again.
    due = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")
    teacher(
        f"formgrader/api/assignment/{ASSIGNMENT}",
        "PUT",
        duedate_notimezone=due,
        duedate_timezone="UTC",
    )
    time.sleep(2.5)
    bela.write(answers("concatenated weights", "product", "short"))
    assert bela.exchange("submit")["success"]

    # Collected and graded, by the buttons of the formgrader.
    teacher.does(f"assignment/{ASSIGNMENT}/collect")
    for student in STUDENTS:
        teacher.does(f"submission/{ASSIGNMENT}/{student}/autograde")
    desk.goto(f"{hub.address}/user/{TEACHER}/formgrader/manage_submissions/{ASSIGNMENT}")
    assert until(lambda: desk.get_by_text("mallory").count(), WAIT)
    picture(desk, "2-graded")
    scores = _scores(hub)
    assert {name: scores[name]["forget_gate"] for name in STUDENTS} == {
        "ada": 8.0,
        "bela": 8.0,
        "cleo": 8.0,
        "mallory": 0.0,
    }
    assert {name: scores[name]["keep"] for name in STUDENTS} == {
        "ada": 3.0,
        "bela": 3.0,
        "cleo": 0.0,
        "mallory": 0.0,
    }
    assert {name: scores[name]["late"] > 0 for name in STUDENTS} == {
        "ada": False,
        "bela": True,
        "cleo": False,
        "mallory": False,
    }

    # A person reads the answers in words, which have no points here, and says something to each.
    for student in STUDENTS:
        desk.goto(f"{hub.address}/user/{TEACHER}/formgrader/submissions/{scores[student]['id']}/")
        assert until(
            lambda: desk.evaluate("formgrader.grades.loaded && formgrader.comments.loaded")
        )
        desk.fill("#why_sigmoid", "0")
        desk.fill("#why_sigmoid-comment", f"Read, {student}.")
        desk.keyboard.press("Escape")
        assert until(lambda name=student: _by_hand(hub, name) == (0.0, f"Read, {name}."), WAIT)
        if student == "bela":
            picture(desk, "3-by-hand")

    # Feedback goes back, and each reads their own.
    teacher.does(f"assignment/{ASSIGNMENT}/generate_feedback")
    teacher.does(f"assignment/{ASSIGNMENT}/release_feedback")
    for student in (ada, bela, cleo, mallory):
        student.exchange("fetch_feedback")
        pages = list(hub.home(student.person).glob(f"{ASSIGNMENT}/feedback/*/{NOTEBOOK}.html"))
        assert len(pages) == 1, student.person
        text = pages[0].read_text()
        others = [name for name in STUDENTS if name != student.person]
        assert f"Read, {student.person}." in text
        assert not [name for name in others if f"Read, {name}." in text]
        assert "HIDDEN TESTS" not in text
    (own,) = hub.home("cleo").glob(f"{ASSIGNMENT}/feedback/*/{NOTEBOOK}.html")
    home = sit("cleo")
    home.goto(f"{hub.address}/user/cleo/files/{own.relative_to(hub.home('cleo'))}")
    assert "the memory is squashed by tanh before it is kept" in home.inner_text("body")
    picture(home, "4-feedback")


def _run_in_the_browser(hub: Hub, page: Page) -> None:
    """Run the whole notebook in JupyterLab, until the check has said what is wrong."""
    page.goto(f"{hub.address}/user/ada/lab/tree/{PLACE}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Run All Cells", exact=True).click()
    said = page.get_by_text("tanh stands where σ should")
    page.locator(".jp-WindowedPanel-outer").hover()
    # JupyterLab holds only the cells that are near: scroll until the check is.
    assert until(
        lambda: page.mouse.wheel(0, -300) or page.wait_for_timeout(300) or said.count(), WAIT
    )
    said.first.scroll_into_view_if_needed()
    page.get_by_role("button", name="No", exact=True).click()  # no news of Jupyter's
    page.wait_for_timeout(1000)
    picture(page, "0-a-check")
    page.goto(f"{hub.address}/hub/home")  # so that the page saves nothing over what comes next


def _gradebook(hub: Hub) -> Gradebook:
    return Gradebook(f"sqlite:///{hub.home(TEACHER) / 'grading' / 'gradebook.db'}", COURSE)


def _scores(hub: Hub) -> dict[str, dict[str, Any]]:
    """Return for each student the points of each part, the lateness, and the notebook's id."""
    with _gradebook(hub) as gradebook:
        return {
            student: {
                **{
                    part: gradebook.find_grade(f"test_{part}", NOTEBOOK, ASSIGNMENT, student).score
                    for part in ("forget_gate", "keep")
                },
                "late": gradebook.find_submission(ASSIGNMENT, student).total_seconds_late,
                "id": gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student).id,
            }
            for student in STUDENTS
        }


def _by_hand(hub: Hub, student: str) -> tuple[float | None, str | None]:
    with _gradebook(hub) as gradebook:
        where = ("why_sigmoid", NOTEBOOK, ASSIGNMENT, student)
        grade, comment = gradebook.find_grade(*where), gradebook.find_comment(*where)
        return grade.manual_score, comment.manual_comment
