"""Memory for what is loaded: page-aligned, private to this process, never a file descriptor. Any process."""

from __future__ import annotations

import mmap


def fresh(size: int) -> memoryview:
    """Return `size` bytes of writable memory, aligned to a page, zeroed by the kernel only where it is touched."""
    pages = mmap.mmap(-1, max(size, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return memoryview(pages)[:size]
