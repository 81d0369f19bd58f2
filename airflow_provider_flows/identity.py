"""Names of runs, tasks and attempts: functions of the graph's coordinates alone, so anyone can compute them.

Any phase, any process. A split path is the tuple of foreach indices around a task, outermost first; an iteration
counts the rounds of a step that switches back to itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping
from urllib.parse import quote, unquote

from airflow_provider_flows.own_copies import blake3_package

_CODE_TAG = b"airflow-provider-flows sources 1"
_OF_DAG = "@"
"""Between the ids of a DAG and its run: Airflow allows it in no DAG id, and no shell, URL or pathspec minds it."""
_INDEX = r"(?:0|[1-9][0-9]*)"
_COORDINATES = re.compile(rf"((?:-{_INDEX})*)(?:\.({_INDEX}))?")


@dataclass(frozen=True)
class TaskAddress:
    """Where a task is: flow and run by name, step by name, task by its id."""

    flow: str
    run: str
    step: str
    task: str

    @classmethod
    def of(
        cls, flow: str, run: str, step: str, path: tuple[int, ...] = (), iteration: int | None = None
    ) -> TaskAddress:
        """Return the address of a step's task at a split path, and at one iteration of a recursive step."""
        return cls(flow, run, step, task_id(step, path, iteration))

    @property
    def pathspec(self) -> str:
        """`Flow/run/step/task`, as users and the client write it."""
        return f"{self.flow}/{self.run}/{self.step}/{self.task}"


def dag_run_name(flow: str, dag_id: str, run_id: str) -> str:
    """Return the id of a DAG run in the store, which no run of another DAG, and no other run of this one, has.

    It is Airflow's own where the DAG is called as its flow is, else `<dag_id>@<run id>`: several DAGs may deploy one
    flow, and Airflow gives their scheduled runs the same ids. An id that holds the separator itself, which
    `[scheduler] allowed_run_id_pattern` can allow, always follows its DAG's.
    """
    return run_id if dag_id == flow and _OF_DAG not in run_id else f"{dag_id}{_OF_DAG}{run_id}"


def task_id(step: str, path: tuple[int, ...] = (), iteration: int | None = None) -> str:
    """Return the id of a step's task at a split path, and at one iteration of a recursive step.

    `fit`, `fit-2`, `fit-2-0`, `fit-2-0.5`: no other task of the run has it, so flows can name files by it. It is never
    a bare integer, which other tools take for ids of their own.
    """
    return step + "".join(f"-{index}" for index in path) + ("" if iteration is None else f".{iteration}")


def parse_task_id(text: str, step: str) -> tuple[tuple[int, ...], int | None]:
    """Return the split path and iteration that the id of a step's task says; ValueError for anything else."""
    match = _COORDINATES.fullmatch(text, len(step)) if text.startswith(step) else None
    if not match:
        raise ValueError(f"{text!r} is not the id of a task of {step!r}")
    indices, iteration = match.groups()
    return tuple(int(part) for part in indices.split("-")[1:]), None if iteration is None else int(iteration)


def encode_id(name: str) -> str:
    """Return `name` as one path component: percent-encoded where a file system or a URL needs it."""
    quoted = quote(name, safe="+=@, ")
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


def decode_id(component: str) -> str:
    """Undo `encode_id`."""
    return unquote(component)


def source_bytes(source: str | bytes) -> bytes:
    """Return a source as it is written to a file: text in UTF-8, whatever characters a literal can hold."""
    return source.encode("utf-8", "surrogatepass") if isinstance(source, str) else bytes(source)


SHORT_DIGEST = 12
"""Digits of a digest that name a folder: tracebacks begin with its path."""


def short_digest(digest: str) -> str:
    """Return a digest as messages name it: by as many digits as the folder that holds its sources."""
    kind, _, digits = digest.rpartition(":")
    return f"{kind}:{digits[:SHORT_DIGEST]}"


def code_digest(sources: Mapping[str, str | bytes]) -> str:
    """Return `blake3:<hex>` of a flow's sources by relative path: the name by which a run is pinned to its code."""
    blake3 = blake3_package().blake3  # imported here: names of tasks are asked for far more often than digests
    hasher = blake3(_CODE_TAG)
    for path, source in sorted(sources.items()):
        for part in (path, source):
            data = source_bytes(part)
            hasher.update(len(data).to_bytes(8, "big"))
            hasher.update(data)
    return f"blake3:{hasher.hexdigest()}"
