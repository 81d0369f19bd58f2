"""What a worker of the cluster calls its host: `[core] hostname_callable`. All of them run on one machine."""

from __future__ import annotations

import os

VARIABLE = "CLUSTER_HOST"


def host() -> str:
    """Return the loopback address that stands for this worker's machine; that of all other services is the first."""
    return os.environ.get(VARIABLE, "127.0.0.1")
