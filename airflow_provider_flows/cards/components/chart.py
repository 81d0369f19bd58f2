"""A chart, as a specification of Vega-Lite or Vega; the field's own library draws it for readers. TASK phase."""

from __future__ import annotations

from typing import Any, Mapping

from airflow_provider_flows.cards.component import MetaflowCardComponent
from airflow_provider_flows.cards.plain import plain, type_name
from airflow_provider_flows.errors import UsageError


class VegaChart(MetaflowCardComponent):
    """A chart of a Vega-Lite or Vega specification, with its data in it. `show_controls` shows a menu to save it."""

    REALTIME_UPDATABLE = True

    def __init__(self, spec: Mapping[str, Any], show_controls: bool = False) -> None:
        self._show_controls = show_controls
        self.update(spec)

    @classmethod
    def from_altair_chart(cls, altair_chart: Any) -> VegaChart:
        """Return the chart of a chart of Altair."""
        return cls(altair_chart.to_dict())

    def update(self, spec: Mapping[str, Any] | None = None) -> None:
        if spec is None:
            return
        if not isinstance(spec, Mapping):
            raise UsageError(
                f"VegaChart takes a specification as a dict, not {type_name(spec)}; "
                "VegaChart.from_altair_chart takes a chart of Altair."
            )
        self._spec = dict(spec)

    def render(self) -> dict[str, Any]:
        spec = plain(self._spec)
        is_single = not {"hconcat", "vconcat", "concat", "facet", "repeat"} & set(spec)
        if "width" not in spec and is_single and "vega/v" not in str(spec.get("$schema")):
            spec["width"] = "container"
        return {"type": "vegaChart", "spec": spec, "options": {"actions": bool(self._show_controls)}}
