"""Print what runs of genuine Metaflow left, as JSON. Run by its interpreter: `python oracle.py Flow/run …`.

All public artifacts of all tasks, read through its client, with each task's place, transition and outcome.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from metaflow import Run, namespace
from shown import shown, task_name


def left_by(pathspec: str) -> dict[str, dict[str, Any]]:
    tasks = {}
    first_round: dict[str, int] = {}
    for step in Run(pathspec):
        for task in sorted(step, key=age):
            frames = private(task, "_foreach_stack") or []
            transition = private(task, "_transition")
            place = task_name(step.id, [frame.index for frame in frames], None)
            rounds = private(task, "_iteration_stack")
            if rounds:  # goes on from where a loop right before this one ended
                place += f".{rounds[-1] - first_round.setdefault(place, rounds[-1])}"
            tasks[place] = {
                "attempts": task.current_attempt + 1,
                "outcome": "ok" if task.successful else "caught" if private(task, "_task_ok") else "failed",
                "next": list(transition[0]) or None if transition else None,
                "frames": [[frame.var, frame.num_splits, frame.index] for frame in frames],
                "artifacts": {artifact.id: shown(artifact.data) for artifact in task},
            }
    return tasks


def age(task: Any) -> tuple[int, str]:
    """Return what tasks are ordered by: their number, which those of a num_parallel have in common."""
    number, _, rest = task.id.removeprefix("control-").partition("_")
    return int(number), rest


def private(task: Any, name: str) -> Any:
    """Return an artifact that iterating over a task leaves out; None where there is none."""
    try:
        return task[name].data
    except KeyError:
        return None


if __name__ == "__main__":
    namespace(None)
    print(json.dumps({pathspec: left_by(pathspec) for pathspec in sys.argv[1:]}))
