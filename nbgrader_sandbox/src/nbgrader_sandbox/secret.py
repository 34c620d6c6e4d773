"""The secret of a class: 32 random bytes in a file that only the instructor may read.

The file holds them as 64 hexadecimal digits, so that it can be copied with the gradebook.
"""

import os
import secrets
from pathlib import Path

BYTES = 32


class GradingContextError(RuntimeError):
    """Grading cannot know its submission or its secret; the message says how to mend it."""


def read_or_make(path: Path) -> bytes:
    """Return the secret in `path`; make the file, mode 0600, where there is none.

    Several processes may come here at once: all get the same secret. The file appears with
    all its content or not at all, also if a process is killed in between.
    """
    if not path.exists():
        _make(path)
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise GradingContextError(
            f"The secret {path} cannot be read ({_reason(error)}): make it readable for the "
            "user who grades, or bring it back from a copy."
        ) from None
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != BYTES:
        raise GradingContextError(
            f"The secret {path} should hold {2 * BYTES} hexadecimal digits and holds "
            f"{len(text)} characters: bring it back from a copy, or remove it so that a new "
            "one is made (hidden inputs then change, so grade the class again)."
        )
    return secret


def _make(path: Path) -> None:
    """Write a new secret beside `path` and link it there, unless another was quicker."""
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # fails if `path` exists, unlike a rename
        finally:
            draft.unlink()
    except FileExistsError:
        pass
    except OSError as error:
        raise GradingContextError(
            f"The secret {path} cannot be made ({_reason(error)}): make the folder writable "
            f"for the user who grades, or write {2 * BYTES} hexadecimal digits to that file."
        ) from None


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not plain text"
