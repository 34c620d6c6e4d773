"""Puts a process's memory on huge pages, so that forking it and ending its forks is quick.

A fork copies a table with an entry for each page: with torch loaded, some 45,000 pages of 4 KiB
or 90 of 2 MiB. Source: madvise(2), MADV_HUGEPAGE and (Linux 6.1) MADV_COLLAPSE.
"""

import ctypes

_HUGE = 1 << 21
_HUGEPAGE = 14
_COLLAPSE = 25


def use_huge_pages() -> None:
    """Ask the kernel for huge pages now; where it has none to give, nothing changes."""
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    try:
        maps = open("/proc/self/maps", encoding="utf-8")  # noqa: SIM115
    except OSError:
        return
    with maps:
        areas = [line.split(None, 5) for line in maps]
    for place, rights, _, _, inode, *_ in areas:
        low, high = (int(bound, 16) for bound in place.split("-"))
        # Memory of its own that may be written, and no file.
        if inode == "0" and rights.startswith("rw") and high - low >= _HUGE:
            advise(low, high - low, _HUGEPAGE)
            advise(low, high - low, _COLLAPSE)
