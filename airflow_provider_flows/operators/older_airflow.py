"""What Airflow before 3.3 does otherwise. In each process that loads compiled DAGs, so nothing heavy is imported."""

from __future__ import annotations

import airflow

MENDED = (3, 3)


def airflow_minor() -> tuple[int, ...]:
    """Return major and minor of the Airflow at hand; a worker that has the task SDK alone counts as a new one."""
    version: str | None = getattr(airflow, "__version__", None)
    return MENDED if version is None else tuple(int(part) for part in version.split(".")[:2])


def is_older() -> bool:
    """Whether this Airflow counts a mapped task's parents wrongly.

    Its `one_success` is satisfied by a parent of any index, and a task that is not mapped waits for ever for those that
    were removed because a cleared foreach has fewer items than before.
    """
    return airflow_minor() < MENDED


def rule_here(trigger_rule: str) -> str:
    """Return the trigger rule that does here what `trigger_rule` of a step does from Airflow 3.3 on.

    `none_failed` looks at a task's own index everywhere. It also starts a task whose parents were all skipped, which
    then skips itself.
    """
    return "none_failed" if trigger_rule == "one_success" and is_older() else trigger_rule
