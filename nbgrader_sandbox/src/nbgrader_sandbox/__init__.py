"""Grades nbgrader assignments that nobody has to trust, and reports on the class.

`plugin.load` puts the engine into nbgrader; `settings` are its settings. `context` and `finding`
need the standard library alone, so a checker can use them wherever it runs. Inside: `engine` (the
trusted side), `isolation` and `worker` (the sandbox), `wire` (what passes between the two),
`clean` (what is shown afterwards), `reporting` and `exporting`.
"""

__version__ = "0.1.0"
