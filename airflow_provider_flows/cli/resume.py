"""`resume`: resume an earlier run of the flow, on this machine. LAUNCH phase."""

from __future__ import annotations

from typing import Any

import click
from airflow_provider_flows.cli.common import FlowCommand, common, program
from airflow_provider_flows.cli.finding import find_run, namespace, newest_run, require_step
from airflow_provider_flows.cli.flow import draft, launched
from airflow_provider_flows.cli.packaged import PACKAGED_OPTIONS, maybe_packaged
from airflow_provider_flows.cli.run_options import RUN_OPTIONS
from airflow_provider_flows.cli.running import run_options
from airflow_provider_flows.cli.variables import with_variables
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.flow.variables import variables
from airflow_provider_flows.local.run_locally import run_locally
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.store import Store, open_store


@click.command(cls=FlowCommand, params=[*with_variables("resume", RUN_OPTIONS), *PACKAGED_OPTIONS])
@click.argument("step", required=False)
@click.option(
    "--origin-run-id",
    metavar="RUN",
    envvar=variables("resume", "origin_run_id"),
    help="The run to resume. Default: your last one on this machine.",
)
def command(step: str | None, origin_run_id: str | None, **given: Any) -> int:
    """Run again what did not succeed in an earlier run.

    Tasks that succeeded there are taken over, with their artifacts; those of STEP, and what follows them, run again.
    Parameters and configurations are those of that run.
    """
    asked = common()
    if asked.config_paths or asked.config_values:
        raise click.UsageError("A resumed run has the configurations of the original run. Leave out --config.")
    flow, store = draft(), open_store(asked.datastore_root)
    name = flow.flow_class.__name__
    origin = _newest(store, name) if origin_run_id is None else find_run(store, name, origin_run_id)
    record = store.read_run(name, origin) or {}
    ready = launched(flow, configs=record.get("configs") or {}, environment="local", flow_datastore=store)
    if step is not None:
        require_step(step, ready.graph.topological, name)
    with maybe_packaged(ready, store, given) as (ready, unpacked):
        options = run_options(
            given,
            parameters=record.get("parameters") or {},
            origin=Origin(origin, frozenset() if step is None else frozenset({step})),
        )
        return run_locally(ready, store, options, unpacked)


def _newest(store: Store, flow: str) -> str:
    found = newest_run(store, flow, "runtime:local")
    if found is None:
        raise UsageError(
            f"There is no run of {flow} to resume: no recent one in {store.root} was started with `run` and is in "
            f"the namespace {namespace()!r}. Name one with --origin-run-id, or start one with {program().name} run."
        )
    return found
