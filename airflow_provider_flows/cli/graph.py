"""`check`, `show` and `output-dot`: what a flow is, without running any of it. LAUNCH phase."""

from __future__ import annotations

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.compile_options import compile_options
from airflow_provider_flows.cli.flow import launched, loaded, stdout_kept
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.graph.parse import build_graph

_NOT_FOR_AIRFLOW = "It runs on this machine, but flows-compile rejects it, because Airflow cannot do this:"


@click.command(cls=FlowCommand)
def check() -> None:
    """Check the flow's graph, code, decorators and parameters.

    Everything that is wrong is reported with its line, and the exit code is 2. What only Airflow cannot do is
    reported, too.
    """
    from airflow_provider_flows.compiler.compile import rejections  # the other commands need none of it

    flow = launched()
    with stdout_kept():
        rejected = rejections(flow, compile_options())
    if not common().quiet:
        say("The graph looks good!", err=True)
    if rejected:
        say("\n".join([_NOT_FOR_AIRFLOW, *(problem.render() for problem in rejected)]), err=True)


@click.command(cls=FlowCommand)
@click.argument("run", required=False, metavar="[RUN]")
def show(run: str | None) -> None:
    """Show the flow's steps, their decorators and where they lead; of a RUN, how its tasks ended."""
    from airflow_provider_flows.graph.picture import text

    if run is not None:
        _show_run(run)
        return
    flow = launched()
    decorators = {
        name: [f"@{decorator}" for decorator in (*step.decorators, *step.wrappers)] for name, step in flow.steps.items()
    }
    say(text(flow.graph, decorators).rstrip("\n"))


@click.command("output-dot", cls=FlowCommand)
def output_dot() -> None:
    """Write the flow's graph for Graphviz."""
    from airflow_provider_flows.graph.picture import dot

    say(dot(launched().graph), nl=False)


def _show_run(text: str) -> None:
    from airflow_provider_flows.cli.ended import ended
    from airflow_provider_flows.cli.finding import find_run
    from airflow_provider_flows.store import open_store

    store, flow = open_store(common().datastore_root), loaded().flow_class
    run = find_run(store, flow.__name__, text)
    for line in ended(store, flow.__name__, run, build_graph(flow).topological):
        say(line)
