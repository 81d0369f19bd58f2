"""Find the run, the step and the task that a user typed; a missing one is reported with what exists. LAUNCH phase."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from airflow_provider_flows.cli.common import common, program
from airflow_provider_flows.client.namespaces import get_namespace
from airflow_provider_flows.client.pathspec import readings
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.identity import TaskAddress, parse_task_id
from airflow_provider_flows.store import Store
from airflow_provider_flows.text import first_few

_SHOWN = 3
_SEARCHED = 1000
"""Runs that are looked at for one of the user's own: a store may hold very many of others."""


@dataclass(frozen=True)
class StepOrTask:
    """A step of a run, or one task of it."""

    flow: str
    run: str
    step: str
    task: str | None = None


def find_place(store: Store, flow: str, text: str) -> StepOrTask:
    """Return what `RUN/STEP[/TASK]` or `FLOW/RUN/STEP[/TASK]` means; UsageError when it is not there."""
    found = [StepOrTask(*names) for names in _readings(flow, text)]
    if not found:
        raise UsageError(f"{text!r}: write RUN/STEP or RUN/STEP/TASK.{_newest(store, flow)}")
    of_runs = [place for place in found if has_run(store, flow, place.run)]
    if not of_runs:
        raise no_such_run(store, flow, min((place.run for place in found), key=lambda run: run.count("/")))
    place = next((place for place in of_runs if place.step in store.steps(flow, place.run)), of_runs[0])
    require_step(place.step, store.steps(flow, place.run), f"Run {place.run}")
    return _with_task(store, place)


def require_step(step: str, steps: Collection[str], owner: str) -> None:
    """UsageError, which says what there is, unless `step` is one of the steps of a flow or a run."""
    if step not in steps:
        near = suggest(step, steps, "{0!r}")
        has = f"It has: {', '.join(steps)}." if steps else "No task of it has ended yet."
        raise UsageError(" ".join(filter(None, [f"{owner} has no step {step!r}.", near, has])))


def tasks_of(store: Store, place: StepOrTask) -> list[TaskAddress]:
    """Return the addresses of the place's tasks, in the order of their split paths."""
    ids = [place.task] if place.task is not None else _in_order(store, place)
    return [TaskAddress(place.flow, place.run, place.step, task) for task in ids]


def find_run(store: Store, flow: str, text: str) -> str:
    """Return the id of the run that `RUN` or `FLOW/RUN` names; UsageError when there is none."""
    for names in (text, text.removeprefix(f"{flow}/")):
        if names and has_run(store, flow, names):
            return names
    raise no_such_run(store, flow, text)


def newest_run(store: Store, flow: str, tag: str | None = None) -> str | None:
    """Return the run of the namespace that started last, of those with `tag`; None when no recent one is."""
    for run in itertools.islice(store.runs(flow), _SEARCHED):
        tags = RunInfo.from_record(store.read_run(flow, run) or {}).tags
        if is_of_namespace(tags) and (tag is None or tag in tags):
            return run
    return None


def is_of_namespace(tags: Collection[str]) -> bool:
    """Whether a run with these tags belongs to the namespace; the client also shows what belongs to nobody."""
    wanted = namespace()
    return wanted is None or wanted in tags


def namespace() -> str | None:
    """Return the namespace in force, None for all runs: what was given, or the user's own."""
    given = common().namespace
    return get_namespace() if given is None else given or None


def has_run(store: Store, flow: str, run: str) -> bool:
    return store.read_run(flow, run) is not None or bool(store.steps(flow, run))


def no_such_run(store: Store, flow: str, run: str) -> UsageError:
    return UsageError(f"{flow} has no run {run!r} in {store.root}.{_newest(store, flow)}")


def _newest(store: Store, flow: str) -> str:
    runs = list(itertools.islice(store.runs(flow), _SHOWN))
    if not runs:
        return f" It has no run there: start one with {program().name} run, or choose another --datastore-root."
    return f" The newest: {', '.join(runs)}."


def _with_task(store: Store, place: StepOrTask) -> StepOrTask:
    tasks = _in_order(store, place)
    if place.task is None or place.task in tasks:
        return place
    has = first_few(tasks, _SHOWN) or "none"
    raise UsageError(f"Step {place.step!r} of run {place.run} has no task {place.task!r}. It has: {has}.")


def _readings(flow: str, text: str) -> Iterator[tuple[str, ...]]:
    """Yield the names that a text may mean, the likeliest first."""
    texts = (text, f"{flow}/{text}") if text.startswith(f"{flow}/") else (f"{flow}/{text}",)
    for whole in texts:
        for depth in (3, 4):
            yield from readings(whole, depth)


def _in_order(store: Store, place: StepOrTask) -> list[str]:
    """Return the ids of a step's tasks, by split path and iteration."""

    def order(task: str) -> tuple[bool, tuple[int, ...], int, str]:
        try:
            path, iteration = parse_task_id(task, place.step)
        except ValueError:
            return True, (), 0, task
        return False, path, iteration or 0, task

    return sorted(store.tasks(place.flow, place.run, place.step), key=order)
