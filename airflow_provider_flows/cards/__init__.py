"""Cards: what a step shows of its results, kept beside its attempt's record. This package is the one way in.

Components and cards become plain data where the step runs (`components/`, `card`, `collecting`, `rendering`), and HTML
where somebody looks at them (`html/`). Names resolve on first use: a step without cards loads nothing of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_flows.lazy import lazy_names

if TYPE_CHECKING:
    from airflow_provider_flows.cards.builtin import BlankCard, DefaultCard, ErrorCard
    from airflow_provider_flows.cards.card import MetaflowCard
    from airflow_provider_flows.cards.component import MetaflowCardComponent
    from airflow_provider_flows.cards.components.artifact import Artifact
    from airflow_provider_flows.cards.components.chart import VegaChart
    from airflow_provider_flows.cards.components.image import Image
    from airflow_provider_flows.cards.components.page import PageComponent
    from airflow_provider_flows.cards.components.table import Table
    from airflow_provider_flows.cards.components.text import Error, Markdown, PythonCode
    from airflow_provider_flows.cards.components.timeline import EventsTimeline
    from airflow_provider_flows.cards.components.tree import JSONViewer, YAMLViewer
    from airflow_provider_flows.cards.components.value import ProgressBar, ValueBox

__all__ = [
    "Artifact",
    "BlankCard",
    "DefaultCard",
    "Error",
    "ErrorCard",
    "EventsTimeline",
    "Image",
    "JSONViewer",
    "Markdown",
    "MetaflowCard",
    "MetaflowCardComponent",
    "PageComponent",
    "ProgressBar",
    "PythonCode",
    "Table",
    "ValueBox",
    "VegaChart",
    "YAMLViewer",
]

_HOMES = {
    "Artifact": "components.artifact",
    "BlankCard": "builtin",
    "DefaultCard": "builtin",
    "Error": "components.text",
    "ErrorCard": "builtin",
    "EventsTimeline": "components.timeline",
    "Image": "components.image",
    "JSONViewer": "components.tree",
    "Markdown": "components.text",
    "MetaflowCard": "card",
    "MetaflowCardComponent": "component",
    "PageComponent": "components.page",
    "ProgressBar": "components.value",
    "PythonCode": "components.text",
    "Table": "components.table",
    "ValueBox": "components.value",
    "VegaChart": "components.chart",
    "YAMLViewer": "components.tree",
}

__getattr__ = lazy_names(__name__, _HOMES)
