"""These tests run by a command of their own, in an environment of their own.

    python -m pip install -r requirements/other-frameworks.in
    OTHER_FRAMEWORKS=1 python -m pytest tests/other_frameworks --confcutdir=tests/other_frameworks

Without the variable nothing here is collected. With it, a library that is missing is a failure.
"""

import os

if os.environ.get("OTHER_FRAMEWORKS") == "1":
    collect_ignore_glob: list[str] = []
    # Read by Keras and JAX as they are imported.
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["JAX_ENABLE_X64"] = "1"
else:
    collect_ignore_glob = ["test_*.py"]
