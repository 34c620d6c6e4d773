"""What the tests of the live figures share: a question to a figure's own script."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstm_ref import figures

FOLDER = Path(figures.__file__).parent
ROOT = FOLDER.parent.parent

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask(node_path: str) -> Ask:
    """Evaluate an expression in node, with `spec`, `kit`, `still` and `given` at hand."""

    def asked(name: str, expression: str, given: Any = None) -> Any:
        script = (
            f"import * as kit from {json.dumps((FOLDER / 'kit.js').as_uri())};\n"
            f"import {{ still }} from {json.dumps((FOLDER / 'still.js').as_uri())};\n"
            f"import * as page from {json.dumps((FOLDER / 'page.js').as_uri())};\n"
            f"import spec from {json.dumps((FOLDER / f'{name}.js').as_uri())};\n"
            f"const given = {json.dumps(given)};\n"
            f"process.stdout.write(JSON.stringify({expression}));\n"
        )
        command = [node_path, "--no-warnings", "--input-type=module", "-"]
        done = subprocess.run(
            command, input=script, capture_output=True, check=False, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return asked
