"""Outside of the engine, helpers act in the process that calls them."""

import pytest
from nbgrader_sandbox.helpers import define, install


def test_a_helper_is_made_from_text() -> None:
    assert define("def square(x): return x * x", "square")(3) == 9
    with pytest.raises(NameError, match="does not define 'cube'"):
        define("square = 1", "cube")


def test_install_needs_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    with pytest.raises(RuntimeError, match="needs a notebook"):
        install("gate", 1)
