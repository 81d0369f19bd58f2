"""Environment variables that stand for options: `FLOWS_BRANCH`, and Metaflow's `METAFLOW_BRANCH`. LAUNCH phase."""

from __future__ import annotations

PREFIXES = ("FLOWS", "METAFLOW")
"""What the variables begin with; ours wins."""


def variables(*words: str) -> list[str]:
    """Return the variables of an option: of `run`'s `--max-workers`, `FLOWS_RUN_MAX_WORKERS` and Metaflow's."""
    return ["_".join((prefix, *words)).replace("-", "_").upper() for prefix in PREFIXES]
