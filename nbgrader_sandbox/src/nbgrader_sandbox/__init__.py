"""Helps a course that is graded with nbgrader: hidden seeds, named findings, class reports.

`context` and `finding` need the standard library alone, so a checker can use them wherever
it runs. `restore`, `settle` and `report` work on a gradebook and need nbgrader.
"""

__version__ = "0.1.0"
