"""A value of the flow, as text. TASK phase."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.cards.component import MetaflowCardComponent
from airflow_provider_flows.cards.plain import text_of
from airflow_provider_flows.cards.previews import preview


class Artifact(MetaflowCardComponent):
    """An object under a name: its type, and what is known how to show of it."""

    REALTIME_UPDATABLE = True

    def __init__(self, artifact: Any, name: str | None = None, compressed: bool = True) -> None:
        self._artifact, self._name = artifact, name

    def update(self, artifact: Any) -> None:
        self._artifact = artifact

    def render(self) -> dict[str, Any]:
        name = None if self._name is None else text_of(self._name)
        return {"type": "artifact", "name": name, **preview(self._artifact)}
