"""Grades for a learning management system, as plug-ins of `nbgrader export`.

    nbgrader export --exporter nbgrader_sandbox.exporting.CanvasExporter --to canvas.csv
    nbgrader export --exporter nbgrader_sandbox.exporting.MoodleExporter --to moodle.csv

The options of each, such as `--CanvasExporter.roster=FILE`, also stand in nbgrader_config.py:
`c.CanvasExporter.roster = "FILE"`. What could not be exported is said on stderr.

Of the engine nothing is needed here: grades come from the gradebook.
"""

from nbgrader_sandbox.exporting.canvas import CanvasExporter
from nbgrader_sandbox.exporting.moodle import MoodleExporter

__all__ = ["CanvasExporter", "MoodleExporter"]
