"""`dump`: the artifacts of a task, or of all tasks of a step. LAUNCH phase; read only."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.files import write_file
from airflow_provider_flows.cli.finding import StepOrTask, find_place, tasks_of
from airflow_provider_flows.cli.flow import loaded, stdout_kept
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.errors import UsageError, words_of
from airflow_provider_flows.store import AttemptRecord, Store, open_store


@click.command(cls=FlowCommand)
@click.argument("place", metavar="RUN/STEP[/TASK]")
@click.option("--private", is_flag=True, help="Also show artifacts whose names begin with an underscore.")
@click.option(
    "--max-value-size",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Bytes up to which a value is shown; 0 for names alone.",
)
@click.option("--include", metavar="NAME,…", help="Show these artifacts alone.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help='Write a pickle of {"run/step/task": {name: value}} instead, of values of any size.',
)
def command(place: str, private: bool, max_value_size: int, include: str | None, file: Path | None) -> None:
    """Show the artifacts of a task, or of all tasks of a step.

    A task's newest attempt counts, also one that failed. Sizes are those of the pickled values, in bytes.
    """
    store = open_store(common().datastore_root)
    flow = loaded()  # values may be of classes that it defines
    records = _records(store, find_place(store, flow.flow_class.__name__, place))
    wanted = {name for name in (include or "").split(",") if name}
    chosen = [(record, _chosen(record, private, wanted)) for record in records]
    if file is not None:
        _write({_key(record): _values(store, record, names) for record, names in chosen}, file)
        return
    for record, names in chosen:
        if not common().quiet:
            say(f"{_key(record)} (attempt {record.attempt}, {record.outcome}):", err=True)
        for name in names:
            say(_line(store, record, name, max_value_size))


def _records(store: Store, place: StepOrTask) -> list[AttemptRecord]:
    """Return what the tasks left; of a step whose tasks were cleared, what belongs to the run as it is now."""
    if place.task is None:
        live = {record.address: record for record in RunRecords(store, place.flow, place.run).live(place.step)}
        found = [live[address] for address in tasks_of(store, place) if address in live]
    else:
        found = [record for record in store.read_many(tasks_of(store, place)) if record is not None]
    if not found:
        raise UsageError(f"No task of step {place.step!r} of run {place.run} has stored artifacts: `logs` shows more.")
    return found


def _chosen(record: AttemptRecord, private: bool, wanted: set[str]) -> list[str]:
    return [
        name
        for name in sorted(record.artifacts)
        if (private or not name.startswith("_")) and (not wanted or name in wanted)
    ]


def _key(record: AttemptRecord) -> str:
    return f"{record.address.run}/{record.address.step}/{record.address.task}"


def _line(store: Store, record: AttemptRecord, name: str, max_value_size: int) -> str:
    """Return a line such as `x [size: 5 type: <class 'int'>] = 3`."""
    ref = record.artifacts[name]
    head = f"{name} [size: {ref.size} type: <class '{ref.type}'>]"
    if not max_value_size:
        return head
    if ref.size > max_value_size:
        return f"{head} = < larger than --max-value-size >"
    try:
        return f"{head} = {_value(store, record, name)}"
    except Exception as error:  # whatever a value's class raises, the other artifacts can be seen
        return f"{head} = < not shown: {words_of(error)} >"


def _value(store: Store, record: AttemptRecord, name: str) -> Any:
    with stdout_kept():  # classes may be imported that print
        return store.load(record.address.flow, record.artifacts[name])


def _values(store: Store, record: AttemptRecord, names: Iterable[str]) -> dict[str, Any]:
    values = {}
    for name in names:
        try:
            values[name] = _value(store, record, name)
        except Exception as error:
            reason = f"{words_of(error)}"
            raise UsageError(f"{_key(record)}: artifact {name!r} cannot be loaded: {reason}") from error
    return values


def _write(values: Mapping[str, Mapping[str, Any]], file: Path) -> None:
    write_file(file, "--file", lambda stream: pickle.dump(values, stream, protocol=pickle.HIGHEST_PROTOCOL))
    if not common().quiet:
        say(f"The artifacts of {len(values)} tasks are in {file}.", err=True)
