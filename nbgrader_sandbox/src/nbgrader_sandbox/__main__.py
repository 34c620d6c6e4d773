"""`python -m nbgrader_sandbox`: the same as the command `nbgrader-sandbox`."""

import sys

from nbgrader_sandbox.cli import main

sys.exit(main())
