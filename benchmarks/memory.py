"""How much memory a process holds with all that it started."""

import contextlib

import psutil


def held_by(process: int) -> int:
    """Return the bytes of a process and all that it started; what they share counts once (PSS).

    0 where the process has ended; one of its children that has just ended counts nothing.
    """
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process)
        for one in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss
    return total
