"""nbgrader's settings for this course; every nbgrader command run in this folder reads them.

Each line is a setting of nbgrader 0.9, explained at
https://nbgrader.readthedocs.io/en/stable/configuration/config_options.html
"""

from importlib.util import find_spec
from pathlib import Path

import nbgrader_sandbox.plugin

c = get_config()  # noqa: F821 - nbgrader provides it when it reads this file
root = Path(__file__).resolve().parent

# Where things are. Authors edit solutions/; exercises/ is made from it and given to students;
# all that belongs to a class (submissions, grades, feedback) stays under grading/, outside git.
c.CourseDirectory.course_id = "lstm"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.ZipCollectApp.downloaded_directory = "grading/downloaded"  # what `nbgrader zip_collect` unpacks
# Files from Canvas or Moodle, by the names that these give them; the students are the gradebook's.
c.ZipCollectApp.collector_plugin = "nbgrader_sandbox.lms.LmsCollector"
c.CourseDirectory.db_url = f"sqlite:///{root / 'grading' / 'gradebook.db'}"
(root / "grading").mkdir(exist_ok=True)  # SQLite makes the file, but not its folder

# nbgrader copies all files beside a source notebook into the release. Texts and scripts there
# may hold answers (a jupytext twin of the notebook does), so they never travel.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "feedback",
    "*.md",
    "*.py",
]

# What stands in a released notebook in the place of a solution. The line that names the
# function is outside of the solution region, so a student starts from the right signature.
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("write your answer here")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Grading. This line puts the sandbox in the place of nbgrader's kernel: each submission runs where
# it sees neither the tests, nor the reference, nor anybody else's work.
nbgrader_sandbox.plugin.load(c)

# What a submission may import of the course. The checks of the released notebooks say there that
# they are made when graded; `given` holds the parts of earlier assignments alone; all other
# modules, the reference among them, are not to be found. The course's table decides.
c.SandboxSettings.public = {
    "lstm_ref": [
        *("__init__.py", "arrays.py", "parameters.py", "datasets/*.py", "trace.py", "plots.py"),
        *("figures/__init__.py", "figures/notebook.py", "figures/made/*", "figures/tokens.*"),
    ],
}
package = Path(find_spec("lstm_ref").origin).parent  # wherever it is installed
c.SandboxSettings.replaced = {
    "lstm_ref/checks/__init__.py": str(package / "checks" / "when_graded.py")
}
c.SandboxSettings.made = {"lstm_ref/given.py": "lstm_ref.checks.public:given_source"}
c.SandboxSettings.forbidden_by = "lstm_ref.checks.public:forbidden"
c.SandboxSettings.checked_by = "lstm_ref.checks.points:differ"  # points have one source

# Late work is shown in the report and costs nothing. "zero" gives it no points; a policy of
# your own is a class: c.AssignLatePenalties.plugin_class = "module.YourLateSubmissionPlugin".
c.LateSubmissionPlugin.penalty_method = "none"

# Warnings and errors only; --debug on any command shows all.
c.Application.log_level = "WARN"
