"""nbgrader's settings for this course; every nbgrader command run in this folder reads them.

Each line is a setting of nbgrader 0.9, explained at
https://nbgrader.readthedocs.io/en/stable/configuration/config_options.html
"""

from pathlib import Path

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

# Grading. RestoreCells puts every cell that the gradebook knows back to its released state
# (flags, points, tags) and brings deleted test cells back. It runs first, since nbgrader's own
# steps trust the submission's flags and stop at some of them.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader_sandbox.restore.RestoreCells",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True

# Seconds that one cell may run, that Python may take to start, and that output may lag behind.
c.Execute.timeout = 60
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 30

# A cell that prints without end is cut, so that notebooks and feedback stay readable.
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 40

# Late work is shown in the report and costs nothing. "zero" gives it no points; a policy of
# your own is a class: c.AssignLatePenalties.plugin_class = "module.YourLateSubmissionPlugin".
c.LateSubmissionPlugin.penalty_method = "none"

# Warnings and errors only; --debug on any command shows all.
c.Application.log_level = "WARN"
