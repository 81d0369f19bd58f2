"""Decorators that other distributions ship, by entry point, and what they ask of Airflow."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cli.compile import command
from airflow_provider_flows.cli.exits import exit_code
from airflow_provider_flows.decorators.plugins import plugin_decorators
from airflow_provider_flows.errors import FlowsError

from tests.flow.sources import flow, two_steps
from tests.support.dags import compile_dag, run_dag
from tests.support.runner import run_flow, write_flow

PAGER = """
from airflow_provider_flows import FlowDecorator, StepDecorator

class Pager(StepDecorator):
    name = "page_on_failure"
    defaults = {"team": "nobody"}
    def operator_arguments(self):
        return {
            "on_failure_callback": "acme_alerts.page",
            "on_success_callback": ["acme_alerts.page", "acme_alerts.thank"],
            "priority_weight": 7,
            "executor_config": {"team": self.attributes["team"]},
        }

class Owner(FlowDecorator):
    name = "owner"
    defaults = {"team": None}
    def dag_arguments(self):
        return {"tags": [f"team:{self.attributes['team']}"], "on_failure_callback": "acme_alerts.stop"}
"""
ALERTS = """
CALLS = []
def page(context): CALLS.append(('page', context['ti'].task_id))
def thank(context): CALLS.append('thanks')
def stop(context): CALLS.append('stopped')
"""
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution of these modules and entry points, for one test."""
    site = tmp_path / "site"
    site.mkdir()

    def installed(distribution: str, modules: dict[str, str], **entries: str) -> None:
        for name, text in modules.items():
            (site / f"{name}.py").write_text(text)
        info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[airflow_provider_flows.decorators]", *lines, ""]))
        importlib.invalidate_caches()
        plugin_decorators.cache_clear()

    monkeypatch.syspath_prepend(str(site))
    yield installed
    plugin_decorators.cache_clear()
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(site)):
            del sys.modules[name]
    for name in ("page_on_failure", "owner"):
        vars(sys.modules["airflow_provider_flows"]).pop(name, None)


def acme(install: Install) -> None:
    modules = {"acme_decorators": PAGER, "acme_alerts": ALERTS}
    install("acme-flows", modules, page_on_failure="acme_decorators:Pager", owner="acme_decorators:Owner")


FLOW = flow(
    "@page_on_failure(team='data')\n@step\ndef start(self): self.next(self.end)\ndef end(self): pass",
    "from airflow_provider_flows import owner, page_on_failure",
    "@owner(team='data')",
)


def test_a_plugins_decorators_are_imported_like_ours(tmp_path: Path, install: Install) -> None:
    acme(install)
    run = run_flow(tmp_path, FLOW)
    assert [repr(each) for each in run.runtime.step("start").decorators] == ["page_on_failure:team=data"]
    metaflow = FLOW.replace("from airflow_provider_flows import owner", "from metaflow import owner")
    assert run_flow(tmp_path, metaflow).failed is None


def test_a_plugins_decorator_can_be_given_as_a_string_and_by_a_mutator(tmp_path: Path, install: Install) -> None:
    acme(install)
    mutator = "class M(FlowMutator):\n    def pre_mutate(self, m): m.add_decorator('owner:team=x')\n"
    source = two_steps("pass", mutator).replace("class F", "@M\nclass F")
    run = run_flow(tmp_path, source, specs=("page_on_failure:team=x",))
    assert [repr(each) for each in run.runtime.step("end").decorators] == ["page_on_failure:team=x"]
    assert [repr(each) for each in run.runtime.flow_class._flow_decorators] == ["owner:team=x"]


def test_what_a_plugin_asks_of_its_task_is_in_the_dag(
    tmp_path: Path, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    acme(install)
    file = write_flow(tmp_path, FLOW)
    assert exit_code(lambda: command.main([str(file)], standalone_mode=False)) == 0
    text = capsys.readouterr().out
    assert 'on_failure_callback="acme_alerts.page"' in text and "import acme" not in text
    assert "priority_weight=7" in text and 'executor_config={"team": "data"}' in text
    assert '"team:data"' in text


def test_the_callbacks_of_a_plugin_are_called_by_airflow(tmp_path: Path, install: Install, airflow_home: Path) -> None:
    acme(install)
    fails = FLOW.replace("def end(self): pass", "def end(self): raise ValueError").replace(
        "    @step\n    def end", "    @page_on_failure\n    @step\n    def end"
    )
    dag = compile_dag(airflow_home, write_flow(tmp_path, fails))
    assert "acme_alerts" not in sys.modules, "parsing a DAG imports no callback"
    assert dag.get_task("start").priority_weight == 7
    assert run_dag(airflow_home, dag).state == "failed"
    assert sys.modules["acme_alerts"].CALLS == [("page", "start"), "thanks", ("page", "end"), "stopped"]


def test_callbacks_of_several_decorators_are_all_called(tmp_path: Path, install: Install) -> None:
    other = "from airflow_provider_flows import StepDecorator\nclass Other(StepDecorator):\n    name = 'other'\n"
    other += "    def operator_arguments(self):\n        return {'on_failure_callback': 'a.b', 'priority_weight': 9}\n"
    acme(install)
    install("other-flows", {"other_decorators": other}, other="other_decorators:Other")
    assert asked(tmp_path, "@other\n@page_on_failure")["on_failure_callback"] == ["acme_alerts.page", "a.b"]
    assert asked(tmp_path, "@other\n@page_on_failure")["priority_weight"] == 9
    assert asked(tmp_path, "@page_on_failure\n@other")["priority_weight"] == 7


def asked(folder: Path, above: str) -> dict[str, Any]:
    """Return the operator arguments of a step with these decorators."""
    from airflow_provider_flows.compiler.asked import asked_of_operator

    before = "from airflow_provider_flows import other, page_on_failure"
    return asked_of_operator(run_flow(folder, two_steps("pass", before, above)).runtime.step("start"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("{'task_id': 'x'}", "operator_arguments of @asks: task_id is set by the compiler and cannot be changed."),
        ("{'retires': 1}", "an Airflow operator has no argument 'retires'. Did you mean retries?"),
        ("{'not a name': 1}", "an Airflow operator has no argument 'not a name'."),
        ("{'on_failure_callback': print}", "on_failure_callback must be the import path of a function"),
        ("{'on_failure_callback': 'page'}", "on_failure_callback must be the import path of a function"),
        ("{'pool': object()}", "pool must be a text of 1 to 250 characters."),
        ("1 / 0", "operator_arguments of @asks failed: ZeroDivisionError"),
    ],
)
def test_what_cannot_be_written_into_a_dag_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, words: str
) -> None:
    before = f"""
from airflow_provider_flows.decorators.attach import step_decorator
class Asks(StepDecorator):
    name = 'asks'
    def operator_arguments(self): return {answer}
asks = step_decorator(Asks)
"""
    file = write_flow(tmp_path, two_steps("pass", before, "@asks"))
    assert exit_code(lambda: command.main([str(file)], standalone_mode=False)) == 2
    message = capsys.readouterr().err
    assert words in message and "Traceback" not in message and file.name in message


BROKEN = {
    "no such module": ("{}", "acme_nothing:X", "cannot be imported: ModuleNotFoundError"),
    "a module that fails": ("1 / 0", "acme_broken:X", "cannot be imported: ZeroDivisionError"),
    "something else": ("X = 5", "acme_broken:X", "acme_broken:X is not a StepDecorator or FlowDecorator."),
    "a name of ours": (
        "from airflow_provider_flows import StepDecorator\nclass X(StepDecorator): name = 'retry'",
        "acme_broken:X",
        "is called 'retry' like a built-in decorator",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_plugin_is_one_error_that_names_its_distribution(
    tmp_path: Path, install: Install, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    module, entry, words = BROKEN[kind]
    install("acme-broken", {"acme_broken": module}, broken=entry)
    file = write_flow(tmp_path, two_steps("pass"))
    assert exit_code(lambda: command.main([str(file), "--with", "broken"], standalone_mode=False)) == 2
    message = capsys.readouterr().err
    assert "the decorator plugin 'broken' of the distribution acme-broken" in message and words in message
    assert "Traceback" not in message


def test_two_plugins_cannot_bring_the_same_decorator(tmp_path: Path, install: Install) -> None:
    acme(install)
    install("copycat", {"copycat": PAGER}, page_on_failure="copycat:Pager")
    with pytest.raises(FlowsError, match="Two distributions bring a decorator 'page_on_failure'; one is the decorator"):
        run_flow(tmp_path, FLOW)


def test_a_broken_plugin_does_not_hurt_flows_that_use_none(tmp_path: Path, install: Install) -> None:
    install("acme-broken", {}, broken="acme_nothing:X")
    assert run_flow(tmp_path, two_steps("pass", start="@retry"), specs=("timeout:seconds=9",)).failed is None
