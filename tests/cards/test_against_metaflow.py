"""Names and signatures are those of genuine Metaflow, asked of it."""

from __future__ import annotations

import inspect
import json
import subprocess
from typing import Any

from airflow_provider_flows import cards
from airflow_provider_flows.cards.collecting import CardCollector, CardComponents
from airflow_provider_flows.client.cards import Card, get_cards
from airflow_provider_flows.decorators.builtin.card import CardDecorator

ASK = """
import inspect, json
from metaflow import cards
from metaflow.plugins.cards.card_client import Card
from metaflow.plugins.cards.card_decorator import CardDecorator
from metaflow.plugins.cards.component_serializer import CardComponentCollector, CardComponentManager

def arguments(function):
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [
        [each.name, None if each.default is each.empty else repr(each.default)]
        for each in found
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) and not each.name.startswith("_")
    ]

def public(cls):
    return sorted(name for name in dir(cls) if not name.startswith("_"))

classes = {name: getattr(cards, name) for name in NAMES}
print(json.dumps({
    "made": {name: arguments(cls) for name, cls in classes.items()},
    "updated": {name: arguments(cls.update) for name, cls in classes.items() if "update" in vars(cls)},
    "live": {name: cls.REALTIME_UPDATABLE for name, cls in classes.items() if hasattr(cls, "REALTIME_UPDATABLE")},
    "names": {name: public(cls) for name, cls in classes.items()},
    "card": {name: getattr(cards.MetaflowCard, name) for name in dir(cards.MetaflowCard) if name.isupper()},
    "defaults": CardDecorator.defaults,
    "get_cards": arguments(cards.get_cards),
    "found": public(Card),
    "collector": public(CardComponentCollector),
    "one": public(CardComponentManager),
}))
"""
COMPONENTS = (
    "Artifact", "Error", "EventsTimeline", "Image", "JSONViewer", "Markdown", "MetaflowCardComponent", "ProgressBar",
    "PythonCode", "Table", "ValueBox", "VegaChart", "YAMLViewer",
)  # fmt: skip
INTERNAL = {"VALID_THEMES", "create_uuid", "render_fail_headline", "type"}
"""Public by their names alone: how components are told to the JavaScript of its cards."""


def arguments(function: Any) -> list[list[Any]]:
    return [
        [each.name, None if each.default is each.empty else repr(each.default)]
        for each in inspect.signature(function).parameters.values()
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]


def public(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_")}


def test_components_cards_and_current_card_have_metaflows_names_and_arguments(metaflow_python: str) -> None:
    code = f"NAMES = {[*COMPONENTS, 'MetaflowCard']!r}\n{ASK}"
    asked = subprocess.run([metaflow_python, "-c", code], capture_output=True, text=True, timeout=120)
    assert asked.returncode == 0, asked.stderr
    theirs = json.loads(asked.stdout)
    for name in COMPONENTS:
        ours = getattr(cards, name)
        assert arguments(ours) == theirs["made"][name], name
        named = [one[0] for one in theirs["updated"].get(name) or ()][1:]
        if named:  # some of theirs take anything
            assert [one[0] for one in arguments(ours.update)][1:] == named, name
        assert theirs["live"][name] == ours.REALTIME_UPDATABLE, name
    assert theirs["defaults"].items() <= dict(CardDecorator.defaults).items()
    assert [one[0] for one in arguments(get_cards)] == [one[0] for one in theirs["get_cards"]]
    assert all(getattr(cards.MetaflowCard, name) == value for name, value in theirs["card"].items())
    for kind, ours in (("found", Card), ("collector", CardCollector), ("one", CardComponents)):
        assert set(theirs[kind]) - public(ours) <= INTERNAL, kind
    for name in (*COMPONENTS, "MetaflowCard"):
        assert set(theirs["names"][name]) - public(getattr(cards, name)) <= INTERNAL, name
