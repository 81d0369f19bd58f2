"""What the record of a run says, whoever starts the run. LAUNCH phase of a local run; the first step's worker."""

from __future__ import annotations

import platform
import time
from typing import Any, Iterable, Mapping

from airflow_provider_flows import __version__
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.setup.info import flow_info
from airflow_provider_flows.setup.origin import Origin


def describe_run(
    graph: FlowGraph,
    *,
    user: str | None,
    namespace: str | None,
    runtime: str,
    tags: Iterable[str],
    flow_class: type,
    configs: Mapping[str, Any],
    parameters: Mapping[str, Any],
    origin: Origin | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the record of a run that starts now, as JSON data.

    `parameters` are by name and as they were given, `configs` by name; a run that resumes this one has the same.
    `runtime` is what runs it: `local` or `airflow`.
    """
    now = time.time()
    system_tags = [
        f"date:{time.strftime('%Y-%m-%d', time.gmtime(now))}",
        f"flows_version:{__version__}",
        f"python_version:{platform.python_version()}",
        f"runtime:{runtime}",
        *([namespace] if namespace else []),
        *(tag for decorator in flow_decorators_of(flow_class) for tag in decorator.run_tags()),
    ]
    return {
        "started_at": now,
        "start_step": graph.start_step,
        "end_step": graph.end_step,
        "graph": flow_info(flow_class, graph),
        "user": user,
        "tags": sorted(set(tags)),
        "system_tags": system_tags,
        "configs": dict(configs),
        "parameters": dict(parameters),
        "origin_run_id": origin.run_id if origin else None,
        "rerun": sorted(origin.rerun) if origin else [],
        "origin_failed": sorted(origin.failed) if origin else [],
        **more,
    }
