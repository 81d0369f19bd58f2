"""The page "Rendered Templates" of a task, which shows what the task stored. Worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

log = logging.getLogger("airflow_provider_flows")


def show_rendered(fields: Mapping[str, Any]) -> None:
    """Show these JSON values as they are: our operators have no template fields, so nothing is rendered, ever.

    Nothing of it is in the serialized DAG either, which would get a new version with each value. What goes wrong here
    is not a reason to fail a step.
    """
    try:
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import SetRenderedFields

        task_runner.SUPERVISOR_COMMS.send(SetRenderedFields(rendered_fields=dict(fields)))
    except Exception as error:
        log.debug('The page "Rendered Templates" could not be filled: %r', error)
