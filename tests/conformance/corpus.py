"""The flows of `flows/`, each with the parameters it is run with: one case for each way through it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLOWS = Path(__file__).parent / "flows"
RECORDED = Path(__file__).parent / "metaflow_results.json"
BESIDE = ("shared_base.py", "tracing.py", "words.txt")
"""Files that flows find beside theirs."""

NOT_COMPARED = {
    "static_order": "Metaflow 2.19 gives the inputs of a static join in no particular order; here it is the branches'",
    "after": "the test's own process has the variables of @environment for all steps",
}
"""Artifacts that differ by design, and why."""

FORGOTTEN_ITEMS = ("at", "got", "again", "agains", "stack")
"""Artifacts with `self.input` or the items of `foreach_stack()`: behind a join in a foreach's body, Metaflow 2.19 gives
None for them where the join has not merged the artifact that is iterated over; here they are always there."""

_REBOUND = "in Metaflow 2.19, setting the artifact that is iterated over changes `self.input`; here it never does"
_ORDER = "where several steps lead into a foreach's join, Metaflow 2.19 gives its inputs step by step, not item by item"

Tasks = dict[str, dict[str, Any]]
"""What the tasks of a run left, by name: `outcome`, `next`, `frames`, and `artifacts` as text (see `oracle.py`)."""


@dataclass(frozen=True)
class Case:
    """A flow file and the parameters of one run.

    `differs` says why our run is not Metaflow's, where it is not; `differing` names the artifacts in which that shows,
    none if Metaflow cannot run it at all.
    """

    flow: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    fails: bool = False
    differs: str = ""
    differing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`switch`, or `switch(arm=two)`."""
        given = ",".join(f"{key}={value}" for key, value in self.parameters.items())
        return f"{self.flow}({given})" if given else self.flow

    @property
    def path_name(self) -> str:
        return "".join(char if char.isalnum() else "_" for char in self.name)

    @property
    def file(self) -> Path:
        return FLOWS / f"{self.flow}.py"

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.flow.split("_")) + "Flow"

    @property
    def command_line(self) -> list[str]:
        """The parameters as options of Metaflow's `run`."""
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in self.parameters.items()}
        return [part for key, text in texts.items() for part in (f"--{key}", text)]


@dataclass(frozen=True)
class Result:
    """A run that is over: whether it succeeded, and what its tasks left."""

    succeeded: bool
    tasks: Tasks
    retried: Mapping[str, int] = field(default_factory=dict)
    """How many attempts those tasks took that took more than one; not known of runs in one process."""

    def __call__(self, task: str, artifact: str) -> str:
        """Return an artifact as text."""
        return str(self.tasks[task]["artifacts"][artifact])

    @property
    def failed(self) -> set[str]:
        """The tasks that failed."""
        return {name for name, task in self.tasks.items() if task["outcome"] == "failed"}


def by_metaflow() -> dict[str, Result]:
    """Return what was recorded of genuine Metaflow, by the case's name."""
    return {name: Result(**result) for name, result in json.loads(RECORDED.read_text()).items()}


def comparable(tasks: Tasks, leaving_out: Sequence[str] = ()) -> Tasks:
    """Return tasks without the artifacts that differ by design."""
    left_out = {*NOT_COMPARED, *leaving_out}
    return {
        name: {**task, "artifacts": {key: text for key, text in task["artifacts"].items() if key not in left_out}}
        for name, task in tasks.items()
    }


def remembering(metaflows: Tasks, ours: Tasks) -> Tasks:
    """Return Metaflow's tasks with our items in the places of those that it has forgotten."""
    return {
        name: {
            **task,
            "artifacts": {key: _remembered(key, text, name, ours) for key, text in task["artifacts"].items()},
        }
        for name, task in metaflows.items()
    }


def _remembered(key: str, text: str, task: str, ours: Tasks) -> str:
    known = str(ours.get(task, {}).get("artifacts", {}).get(key))
    forgotten = key in FORGOTTEN_ITEMS and re.fullmatch(re.escape(text).replace("None", ".+"), known)
    return known if forgotten else text


def _ways(flow: str, **values: list[Any]) -> list[Case]:
    (name, options), *_ = values.items()
    return [Case(flow, {name: option}) for option in options]


CASES = [
    Case("linear"),
    Case("long_chain"),
    Case("single_step"),
    Case("custom_ends"),
    Case("split"),
    Case("nested_split"),
    Case("split_in_one_branch"),
    Case("foreach"),
    Case("foreach_one"),
    Case("foreach_chain"),
    Case("foreach_kinds"),
    Case("foreach_unordered", differs="Metaflow 2.19 fails or mixes up items; here they are taken once"),
    Case("foreach_sources"),
    Case("foreach_rebound", differs=_REBOUND, differing=("at", "got", "after", "seen")),
    Case("same_variable", differs=_REBOUND, differing=("at",)),
    Case("nested2"),
    Case("nested3"),
    Case("nested_minimal"),
    Case("nested_twice_in_a_row"),
    Case("parallel_nested"),
    Case("uneven_nested"),
    Case("foreach_in_split"),
    Case("split_in_foreach"),
    *_ways("switch", arm=["one", "two", "three"]),
    *_ways("switch_keys", case=[0, 1, 2, 3]),
    *_ways("switch_direct", arm=["detour", "direct"]),
    Case("switch_shared_heads", {"first": "a"}),
    Case("switch_shared_heads", {"second": "a"}),
    Case("switch_shared_heads"),
    *_ways("switch_nested", outer=["in", "out", "skip"]),
    Case("switch_nested", {"inner": "y"}),
    Case("switch_in_foreach"),
    Case("switch_first_in_foreach", differs=_ORDER, differing=("got", "trail", "vs")),
    Case("nested_switch_in_foreach"),
    Case("shared_heads_in_foreach"),
    *_ways("partial_merge", arm=["x", "z"]),
    *_ways("switch_in_split", arm=["x", "y"]),
    Case("switch_in_split_in_foreach"),
    *_ways("foreach_in_switch", arm=["many", "one"]),
    Case("nested_in_switch", {"arm": "many"}, differs=_ORDER, differing=("got", "trail", "v")),
    Case("nested_in_switch", {"arm": "one"}),
    *_ways("three_levels_in_switches", xs=[[0, 1, 2], [0, 0], [1, 0]]),
    Case("switch_in_nested"),
    *_ways("foreach_in_switch_in_foreach", xs=[[2, 0, 3], [0, 0], [1, 2]]),
    *_ways("uneven_split_in_switch_in_foreach", xs=[[1, 0, 2], [0]]),
    *_ways("switch_in_foreach_in_switch", arm=["many", "one"]),
    *_ways("split_in_switch", arm=["wide", "flat"]),
    Case("recursion"),
    Case("recursion_in_foreach"),
    Case("recursion_first_in_foreach"),
    Case("recursion_then_foreach"),
    Case("retry_in_recursion"),
    *_ways("recursion_twice", arm=["loop", "no"]),
    Case("catch_then_chain"),
    Case("catch_then_join"),
    Case("catch_then_merge"),
    *_ways("catch_in_arms", arm=["x", "y"]),
    Case("catch_in_arms", {"arm": "no case"}, fails=True),
    Case("catch_before_join"),
    Case("catch_start"),
    Case("catch_end"),
    Case("catch_split"),
    Case("catch_nested"),
    Case("retry"),
    Case("retry_then_catch"),
    Case("merging"),
    Case("merging_conflict", fails=True),
    Case("merging_foreach"),
    Case("constants"),
    Case("parameters"),
    Case("parameters", {"text": "other", "number": 7, "table": {"a": None}, "parts": "p", "flag": False}),
    Case("words"),
    Case("inputs_of_files"),
    Case("join_values"),
    Case("fails_in_foreach", fails=True),
    Case("fails_on_case", fails=True),
    Case("fails_on_zero", fails=True),
    Case("fails_in_arm", fails=True),
]

WITH_PROCESSES = [
    Case("retry_of_deaths"),
    Case("catch_of_deaths"),
    Case("timeouts"),
    Case("fails_by_kill", fails=True),
    Case("num_parallel"),
]
"""What needs a process for each task: steps that end theirs, or that run at the same time."""

ALL = [*CASES, *WITH_PROCESSES]
