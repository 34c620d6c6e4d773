"""Files that are written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path, mode: int = 0o666) -> Iterator[Path]:
    """Give a draft to write to, which takes the place of `path` where nothing is raised.

    What was at `path` before is there until then. An OSError of the draft names `path`, since the
    draft's name would puzzle.
    """
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield draft
        draft.replace(path)
    except OSError as error:
        if error.filename in (str(draft), None):
            error.filename = str(path)
        raise
    finally:
        draft.unlink(missing_ok=True)
