"""Room for many attempts at once, among what the system lets one process have. LAUNCH phase."""

from __future__ import annotations

import contextlib
import resource

from airflow_provider_flows.errors import UsageError

_PER_WORKER = 2
"""What a worker prints comes through two pipes."""
_OTHERS = 64
"""Files that are open beside those: the terminal, sockets, the store's connections."""


def make_room(workers: int) -> None:
    """Let this process, and those that it starts, open as many files as workers need; UsageError when it may not."""
    needed = workers * _PER_WORKER + _OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_less(soft, needed):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
            return
        raise UsageError(
            f"--max-workers {workers} needs {needed} open files at once, and a process may have {hard} here. "
            f"Give fewer workers, or raise the limit with ulimit -n."
        )


def _is_less(limit: int, needed: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < needed
