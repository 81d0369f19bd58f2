"""`tag add|remove|replace|list`: the tags of runs, also of those that are over. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import click
from airflow_provider_flows.cli.common import FlowCommand, common, program
from airflow_provider_flows.cli.finding import find_run, is_of_namespace, namespace, newest_run
from airflow_provider_flows.cli.flow import loaded
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.client import Flow, Run
from airflow_provider_flows.client.pathspec import format_names
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store import open_store

_RUN = click.option("--run-id", metavar="RUN", help="The run. Default: your newest one.")


@click.group()
def command() -> None:
    """Add, remove and list the tags of runs."""


@command.command(cls=FlowCommand)
@click.argument("tags", nargs=-1, required=True)
@_RUN
def add(tags: tuple[str, ...], run_id: str | None) -> None:
    """Add tags to a run."""
    _change(run_id, (), tags)


@command.command(cls=FlowCommand)
@click.argument("tags", nargs=-1, required=True)
@_RUN
def remove(tags: tuple[str, ...], run_id: str | None) -> None:
    """Remove tags from a run; those that the system gave it stay."""
    _change(run_id, tags, ())


@command.command(cls=FlowCommand)
@click.option("--remove", multiple=True, required=True, metavar="TAG", help="Remove this tag.")
@click.option("--add", multiple=True, required=True, metavar="TAG", help="Then add this one.")
@_RUN
def replace(remove: tuple[str, ...], add: tuple[str, ...], run_id: str | None) -> None:
    """Remove tags and add others, at once."""
    _change(run_id, remove, add)


@command.command("list", cls=FlowCommand)
@click.argument("run", required=False, metavar="[RUN]")
@_RUN
@click.option("--all", "all_runs", is_flag=True, help="Of all runs of the flow.")
@click.option("--my-runs", is_flag=True, help="Of all runs in the namespace.")
@click.option("--hide-system-tags", is_flag=True, help="Show only what users gave.")
@click.option("--group-by-tag", is_flag=True, help="Show the runs of each tag.")
@click.option("--group-by-run", is_flag=True, help="Show the tags of each run: what --all and --my-runs do as it is.")
@click.option("--flat", is_flag=True, help="Show the tags alone, each on a line.")
def list_tags(
    run: str | None,
    run_id: str | None,
    all_runs: bool,
    my_runs: bool,
    hide_system_tags: bool,
    group_by_tag: bool,
    group_by_run: bool,
    flat: bool,
) -> None:
    """List the tags of a run, or of several: your newest run's unless you say otherwise."""
    if sum((run is not None, run_id is not None, all_runs, my_runs)) > 1:
        raise click.UsageError("Give one run, --all or --my-runs.")
    if sum((group_by_tag, group_by_run, flat)) > 1:
        raise click.UsageError("Give one of --group-by-tag, --group-by-run and --flat.")
    runs = _runs(my_runs) if all_runs or my_runs else [_run(run or run_id)]
    tags = {run.id: run.user_tags if hide_system_tags else run.tags for run in runs}
    if flat:
        _print(sorted(set().union(*tags.values())))
    elif group_by_tag:
        _print(_by_tag(tags))
    else:
        for each in runs:
            _print(_of_run(each, hide_system_tags))


def _change(run_id: str | None, remove: Iterable[str], add: Iterable[str]) -> None:
    run = _run(run_id)
    run.replace_tags([*remove], [*add])
    if not common().quiet:
        _print(_of_run(run, False))


def _run(text: str | None) -> Run:
    """Return the run that was named, or the newest one in the namespace; UsageError when there is none."""
    store, flow = open_store(common().datastore_root), loaded().flow_class.__name__
    found = newest_run(store, flow) if text is None else find_run(store, flow, text)
    if found is None:
        raise UsageError(
            f"No recent run of {flow} in {store.root} belongs to the namespace {namespace()!r}. "
            f"Name one with --run-id, or start one with {program().name} run."
        )
    return Run(format_names((flow, found)), root=store.root, _namespace_check=False)


def _runs(mine: bool) -> list[Run]:
    store, flow = open_store(common().datastore_root), loaded().flow_class.__name__
    runs = Flow(flow, root=store.root, _namespace_check=False).runs()
    return [run for run in runs if not mine or is_of_namespace(run.tags)]


def _of_run(run: Run, hide_system_tags: bool) -> Iterator[str]:
    yield f"{run.pathspec}:"
    yield from (f"  {tag}" for tag in sorted(run.user_tags))
    if not hide_system_tags:
        yield "  of the system, which cannot be changed:"
        yield from (f"    {tag}" for tag in sorted(run.system_tags))


def _by_tag(tags: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for tag in sorted(set().union(*tags.values())):
        yield f"{tag}:"
        yield from (f"  {run}" for run, of_run in tags.items() if tag in of_run)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)
