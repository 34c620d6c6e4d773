"""The formgrader as an instructor's browser has it: formulas, boxes that save, nobody asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from nbformat import read, write
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route

from tests.nbgrader_sandbox.engine.server import Server, started
from tests.nbgrader_sandbox.engine.small_class import ASSIGNMENT, NOTEBOOK, SmallClass, class_of
from tests.servers import until

pytestmark = pytest.mark.course

#: A student's text with formulas, and with what would ask other servers or run.
ANSWER = r"""The share is $f_t = \sigma(W_f x_t)$ and

$$\begin{aligned}c_t &= f_t \odot c_{t-1} \\ &\quad + i_t \odot g_t\end{aligned}$$

![a picture](https://evil.test/seen.png) <img src="https://evil.test/too.png">
<script>window.hit = true</script>
"""
FIRST, SECOND = "student000", "student001"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """Two students, whose answers in words wait for a person."""
    made = SmallClass(tmp_path_factory.mktemp("formgrader-page") / "course", class_of(2))
    made.make()
    path = made.root / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    flags = {"grade": True, "solution": True, "locked": False, "task": False}
    ours = {"nbgrader": {"schema_version": 3, "grade_id": "why", "points": 4, **flags}}
    texts = [new_markdown_cell("Let $x_t$ be given."), new_markdown_cell("", metadata=ours)]
    paths = [path, *(made.hand_in(name) for name in made.students)]
    for one in paths:
        nb = read(one, as_version=4)
        nb.cells += texts
        nb.cells[-1].source = "### BEGIN SOLUTION\nso\n### END SOLUTION" if one == path else ANSWER
        write(nb, one)
    done = made.run("generate_assignment", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stdout
    made.autograde()
    return made


@pytest.fixture(scope="module")
def server(course: SmallClass, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started(course, tmp_path_factory.mktemp("server")) as server:
        yield server


@dataclass
class Seen:
    """A page of the formgrader, and what it asked for, said and raised."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def elsewhere(self, server: Server) -> list[str]:
        here = urlsplit(server.address).netloc
        return [url for url in self.asked if urlsplit(url).netloc not in ("", here)]


@pytest.fixture
def seen(browser: Browser, server: Server) -> Iterator[Seen]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Seen(context.new_page())

    def request(found: Request) -> None:
        seen.asked.append(found.url)

    def message(found: ConsoleMessage) -> None:
        if found.type in ("error", "warning"):
            seen.said.append(found.text)

    context.on("request", request)
    seen.page.on("console", message)
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.goto(f"{server.address}/formgrader?token={server.token}")
    yield seen
    context.close()


@pytest.fixture
def submission(course: SmallClass, server: Server) -> str:
    """The address of the first student's page."""
    with Gradebook(course.gradebook, "small") as gradebook:
        found = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, FIRST).id
    return f"{server.address}/formgrader/submissions/{found}/"


def test_formulas_are_shown_and_no_other_server_is_asked(
    seen: Seen, server: Server, submission: str
) -> None:
    page = seen.page
    page.goto(submission)
    page.wait_for_load_state("networkidle")
    assert page.locator("math").count() == 3
    box = page.locator("math[display=block]").bounding_box()
    assert box is not None
    assert box["height"] > 30  # two lines, so it is set and not only listed
    assert "\\sigma" not in page.inner_text("body")
    assert page.evaluate("window.hit") is None
    assert page.evaluate("formgrader.loaded")
    assert len(seen.asked) > 10  # nbgrader's own scripts and styles, its interface
    assert seen.elsewhere(server) == []
    assert [one for one in seen.said if "favicon" not in one] == []


def test_a_page_that_was_not_cleaned_asks_no_other_server_either(
    seen: Seen, submission: str
) -> None:
    """The browser was told so, and what it refuses it says."""
    page = seen.page
    reached: list[str] = []

    def reach(route: Route) -> None:
        reached.append(route.request.url)
        route.abort()

    page.route("https://**", reach)
    page.goto(submission)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=https://evil.test/seen.png>')"
    )
    assert until(lambda: page.wait_for_timeout(50) or seen.said)
    assert "https://evil.test/seen.png" in seen.said[0]
    assert "Content Security Policy" in seen.said[0]
    assert reached == []


def test_the_boxes_save_and_the_keyboard_goes_from_one_to_the_next(
    course: SmallClass, seen: Seen, submission: str
) -> None:
    page = seen.page
    page.goto(submission)
    # `wait_for_function` polls by `eval`, which this page's policy forbids.
    assert until(lambda: page.evaluate("formgrader.grades.loaded && formgrader.comments.loaded"))
    # What nbgrader's script does when MathJax is done: it goes to the first box.
    assert until(lambda: page.evaluate("MathJax.loaded === true"))
    assert page.evaluate("document.activeElement.classList.contains('tabbable')")
    before = page.evaluate("document.activeElement.id")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != before
    page.fill("#why", "3")
    page.fill("#why-comment", "Well said: $f_t$")
    page.keyboard.press("Escape")

    def kept() -> tuple[float | None, str | None]:
        page.wait_for_timeout(50)
        with Gradebook(course.gradebook, "small") as gradebook:
            where = ("why", NOTEBOOK, ASSIGNMENT, FIRST)
            grade, comment = gradebook.find_grade(*where), gradebook.find_comment(*where)
            return grade.manual_score, comment.manual_comment

    assert until(lambda: kept() == (3.0, "Well said: $f_t$"))
    assert page.locator(".score-saved").count() > 0
    page.keyboard.press("Control+.")
    page.wait_for_url(lambda url: submission not in url)
    assert [one for one in seen.said if "favicon" not in one] == []


def test_no_page_of_the_formgrader_asks_another_server(seen: Seen, server: Server) -> None:
    for path in (
        "manage_assignments",
        f"manage_submissions/{ASSIGNMENT}",
        "gradebook",
        f"gradebook/{ASSIGNMENT}",
        f"gradebook/{ASSIGNMENT}/{NOTEBOOK}",
        "manage_students",
        f"manage_students/{FIRST}/{ASSIGNMENT}",
    ):
        seen.page.goto(f"{server.address}/formgrader/{path}")
        seen.page.wait_for_load_state("networkidle")
    assert seen.elsewhere(server) == []


def test_feedback_of_such_a_class_is_as_before(course: SmallClass) -> None:
    done = course.run("generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stdout
    pages = sorted((course.root / "feedback").rglob("*.html"))
    assert len(pages) == 2
    for path in pages:
        page: str = path.read_text()
        assert page.count("<math") >= 3
        assert "<script" not in page
