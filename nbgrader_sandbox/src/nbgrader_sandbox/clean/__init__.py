"""What a student's code and cells left behind, made safe for a page that a teacher reads.

Nothing here trusts its input; nothing here raises because of it. What was taken out is said in
notes, one line each.
"""

from nbgrader_sandbox.clean.cells import clean_cell_sources
from nbgrader_sandbox.clean.outputs import clean_outputs

__all__ = ["clean_cell_sources", "clean_outputs"]
