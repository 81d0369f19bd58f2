"""Invariants of names that are not there: found in the source, unless the flow can do without them."""

from __future__ import annotations

import importlib
import textwrap

import airflow_provider_flows as flows
import pytest
from airflow_provider_flows.graph.source import Source
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.metaflow_compat.known import has_name
from airflow_provider_flows.metaflow_compat.missing import missing_names
from airflow_provider_flows.metaflow_compat.names import MODULES


def missing(text: str) -> list[str]:
    return [each.name for each in missing_names(Source("flow.py", textwrap.dedent(text)))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from metaflow import S3, FlowSpec, Runner", ["metaflow.S3", "metaflow.Runner"]),
        ("def f():\n  class C:\n    def g(self):\n      from metaflow import S3", ["metaflow.S3"]),
        ("f = lambda: __import__('x') or metaflow.S3\nimport metaflow", ["metaflow.S3"]),
        ("import metaflow.runner", ["metaflow.runner"]),
        ("import metaflow.plugins.aws.batch as b", ["metaflow.plugins.aws.batch"]),
        ("from metaflow.cards import Markdown, Nope", ["metaflow.cards.Nope"]),
        ("from metaflow.exception import Nonsense, MetaflowException", ["metaflow.exception.Nonsense"]),
        ("import metaflow\nmetaflow.client.Flow; metaflow.client.Nope", ["metaflow.client.Nope"]),
        ("import metaflow as mf\ndef f(): return mf.S3(s3root='x').get", ["metaflow.S3"]),
        ("from metaflow import plugins\nplugins.catch_decorator; plugins.nope", ["metaflow.plugins.nope"]),
        ("import airflow_provider_flows as a\na.retry, a.client.Flow, a.S3", ["airflow_provider_flows.S3"]),
        ("from airflow_provider_flows.client import Flow, Nope", ["airflow_provider_flows.client.Nope"]),
        ("import airflow_provider_flows.nope", ["airflow_provider_flows.nope"]),
        ("from metaflow import *\nfrom metaflow import card, retry, __version__, parallel_map", []),
        ("def f(): importlib.import_module('metaflow.runner').x, __import__('metaflow.client')", ["metaflow.runner"]),
        ("from .metaflow import S3\nfrom metaflow2 import S3\nimport metaflowx.y", []),
        ("metaflow = object()\nmetaflow.S3\ndef f(mf): mf.S3\nimport metaflow as mf", []),
        ("import metaflow\nmetaflow.S3 = 1\nhasattr(metaflow, 'S3')", []),
    ],
)
def test_names_that_are_not_there_are_found_wherever_they_are_asked_for(text: str, names: list[str]) -> None:
    assert missing(text) == names


@pytest.mark.parametrize(
    "guard",
    [
        "try:\n  {}\nexcept ImportError: pass",
        "try:\n  {}\nexcept (KeyError, ModuleNotFoundError) as e: pass",
        "try:\n  {}\nexcept Exception: pass",
        "try:\n  {}\nexcept: pass",
        "try:\n  if x:\n    with y:\n      {}\nexcept builtins.ImportError: pass",
        "try:\n  try:\n    {}\n  finally: pass\nexcept ImportError: pass",
        "with contextlib.suppress(ImportError):\n  {}",
        "if TYPE_CHECKING:\n  {}",
        "if typing.TYPE_CHECKING:\n  {}\nelse: pass",
        "def f():\n  try:\n    {}\n  except ImportError: pass",
    ],
)
def test_what_a_flow_can_do_without_is_none(guard: str) -> None:
    assert missing(guard.format("from metaflow import S3")) == []


@pytest.mark.parametrize(
    "guard",
    [
        "try:\n  {}\nexcept KeyError: pass",
        "try:\n  {}\nexcept ImportError:\n  log()\n  raise",
        "try:\n  {}\nfinally: pass",
        "try: pass\nexcept ImportError:\n  {}",
        "try: pass\nexcept ImportError: pass\nelse:\n  {}",
        "try:\n  def f():\n    {}\nexcept ImportError: pass",
        "if TYPE_CHECKING: pass\nelse:\n  {}",
        "with suppress(KeyError):\n  {}",
    ],
)
def test_what_nobody_catches_is_found(guard: str) -> None:
    assert missing(guard.format("from metaflow import S3")) == ["metaflow.S3"]


@pytest.mark.parametrize(
    "text",
    [
        "if hasattr(metaflow, 'S3'):\n  metaflow.S3()",
        "x = metaflow.S3 if hasattr(metaflow, 'S3') else None",
        "try:\n  metaflow.S3\nexcept AttributeError: pass",
    ],
)
def test_an_attribute_that_is_asked_about_first_is_none(text: str) -> None:
    assert missing(f"import metaflow\n{text}") == []


def test_a_deep_expression_is_no_obstacle() -> None:
    assert missing(f"x = {'1 + ' * 900}1\nfrom metaflow import S3") == ["metaflow.S3"]


def test_what_is_known_to_be_there_can_be_imported_and_nothing_else() -> None:
    names = [(module, name) for module, found in MODULES.items() for name in (*found, "nonsense", "S3")]
    names += [("metaflow", name) for name in (*flows.__all__, "batch", "client", "__version__", "__file__x")]
    with metaflow_names():
        for module, name in names:
            there = hasattr(importlib.import_module(module), name)
            assert has_name(module, name) == there or name.startswith("__"), (module, name)
