"""Configurations: read when a flow is compiled, usable in its decorators, the same for every task of the DAG."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cli.compile import command
from airflow_provider_flows.cli.exits import exit_code
from airflow_provider_flows.compiler.compile import Compiled, compile_flow
from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.config_value import ConfigValue

from tests.flow.sources import flow
from tests.support.dags import compile_dag, run_dag
from tests.support.options import compile_options
from tests.support.runner import run_again, run_flow, runtime_of, write_flow

BODY = """
c = Config("c", {arguments})
{above}
@step
def start(self):
    {code}
    self.next(self.end)
def end(self): pass
"""


def source(arguments: str, code: str = "pass", above: str = "", before: str = "") -> str:
    """Return a flow with a configuration `c` of these arguments."""
    return flow(BODY.format(arguments=arguments, code=code, above=above), before)


def compiled(folder: Path, text: str, paths: dict[str, str] | None = None, **values: str) -> Compiled:
    return compile_flow(compile_options(write_flow(folder, text), config_paths=paths or {}, config_values=values))


def frozen(found: Compiled) -> Any:
    """Return the value of `c` that the DAG holds."""
    return dict(found.plan.flow.arguments)["configs"]["c"]


def seen(folder: Path, arguments: str, expression: str) -> Any:
    """Return what a step sees."""
    return run_flow(folder, source(arguments, f"self.seen = {expression}"))("start", "seen")


def rejection(folder: Path, text: str, paths: dict[str, str] | None = None, **values: str) -> str:
    with pytest.raises(FlowsError) as error:
        compiled(folder, text, paths, **values)
    return str(error.value)


def test_a_value_is_read_by_attribute_and_by_item_at_any_depth(tmp_path: Path) -> None:
    given = "default_value={'a': {'b': [{'c': 1}]}}"
    assert seen(tmp_path, given, "(self.c.a.b[0].c, self.c['a']['b'][0]['c'], 'x' in self.c, len(self.c))") == (
        *(1, 1),
        *(False, 1),
    )


@pytest.mark.parametrize(
    "change",
    [
        "self.c.a = 1",
        "self.c['a'] = 1",
        "del self.c.a",
        "del self.c['a']",
        "self.c.update(a=2)",
        "self.c.pop('a')",
        "self.c.clear()",
        "self.c.setdefault('z', 1)",
        "self.c.deep[0].x = 1",
    ],
)
def test_a_value_cannot_be_changed(tmp_path: Path, change: str) -> None:
    run = run_flow(tmp_path, source("default_value={'a': 1, 'deep': [{'x': 0}]}", change))
    assert run.failed is not None and str(run.failed.exception) == "ConfigValue is immutable"


def test_a_value_is_a_dictionary_for_those_who_take_one() -> None:
    value = ConfigValue({"a": {"b": [1, {"c": 2}]}})
    assert value == {"a": {"b": [1, {"c": 2}]}} and isinstance(value, dict) and {**value} == value
    assert json.loads(json.dumps(value)) == value == pickle.loads(pickle.dumps(value)) == value.copy()
    assert type(value.to_dict()["a"]["b"][1]) is dict and type(value.a.b[1]) is ConfigValue


def test_it_is_stored_as_a_plain_artifact_that_joins_inherit(tmp_path: Path) -> None:
    body = """
c = Config("c", default_value={"n": 1})
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.join)
def b(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): self.n = self.c.n
"""
    run = run_flow(tmp_path, flow(body))
    assert run("end", "n") == 1 and type(run("join", "c")) is dict


def test_decorators_use_what_is_not_known_yet(tmp_path: Path) -> None:
    above = """
@retry(**c.retry)
@environment(vars={"A": c.name, "B": config_expr("c.name.upper() + SUFFIX"), **c.vars})
@timeout(seconds=config_expr("max(n for n in c.seconds)"))
"""
    value = {"retry": {"times": 2}, "name": "x", "vars": {"C": 3}, "seconds": [5, 7]}
    found = compiled(tmp_path, source(f"default_value={value}", above=above, before="SUFFIX = '!'"))
    (start, *_) = found.plan.blocks
    arguments = dict(getattr(start, "arguments"))  # noqa: B009
    assert arguments["environment"] == {"A": "x", "B": "X!", "C": "3"}
    assert (arguments["retries"], arguments["execution_timeout"].total_seconds()) == (2, 7)


@pytest.mark.parametrize("name", ["my-config", "class", "keys", "read"])
def test_neither_the_name_nor_the_keys_of_a_configuration_are_in_the_way(tmp_path: Path, name: str) -> None:
    body = f"""
c = Config({name!r}, default_value={{"read": 1, "evaluate": 2, "n": 3, "keys": "oops"}})
@retry(times=c.n)
@catch(var=c["keys"])
@timeout(seconds=c.read, minutes=c.evaluate)
@step
def start(self): self.next(self.end)
def end(self): pass
"""
    shown = [repr(each) for each in run_flow(tmp_path, flow(body)).runtime.step("start").decorators]
    assert shown == ["timeout:minutes=2,seconds=1", "catch:var=oops", "retry:times=3"]


def test_two_configurations_are_unpacked_side_by_side(tmp_path: Path) -> None:
    body = """
a = Config("a", default_value={"vars": {"A": 1}})
b = Config("b", default_value={"times": 2})
@environment(**a)
@retry(**b, **config_expr("{'minutes_between_retries': 0}"))
@step
def start(self): self.next(self.end)
def end(self): pass
"""
    shown = [repr(each) for each in run_flow(tmp_path, flow(body)).runtime.step("start").decorators]
    assert shown == ["retry:minutes_between_retries=0,times=2", "environment:vars={'A': 1}"]


def test_custom_decorators_and_parameters_take_configurations(tmp_path: Path) -> None:
    body = """
c = Config("c", default_value={"n": 3, "table": {"a": 1}})
p = Parameter("p", default=c.n)
q = Parameter("q", default=c.table)
@deco(n=c.n, **c.table)
@step
def start(self):
    self.seen = (self.p, self.q)
    self.next(self.end)
def end(self): pass
"""
    before = (
        "@user_step_decorator\ndef deco(step_name, flow, inputs, attributes):\n    flow.given = attributes\n    yield"
    )
    run = run_flow(tmp_path, flow(body, before))
    assert (run("end", "given"), run("end", "seen")) == ({"n": 3, "a": 1}, (3, {"a": 1}))
    assert [param.default for param in compiled(tmp_path, flow(body, before)).plan.params] == [3, {"a": 1}]


@pytest.mark.parametrize("use", ["[*c]", "'a' in c", "list(c.a)"])
def test_what_is_not_known_yet_cannot_be_looked_into(tmp_path: Path, use: str) -> None:
    with pytest.raises(FlowsError, match="TypeError"):
        run_flow(tmp_path, source("default_value={'a': 1}", above=f"x = {use}"))


PARSERS = {
    "parser=lambda text: {'n': int(text)}": {"n": 5},
    "parser='parsers.number'": {"n": 5},
    "parser='.parsers.number'": {"n": 5},
    "plain=True": "5",
    "plain=True, parser=int": 5,
    "": 5,
}


@pytest.mark.parametrize("arguments", PARSERS)
@pytest.mark.parametrize("way", ["file", "value", "path on the command line", "value on the command line"])
def test_content_is_json_or_for_the_parser_or_left_alone(tmp_path: Path, arguments: str, way: str) -> None:
    (tmp_path / "five.txt").write_text("5")
    (tmp_path / "parsers.py").write_text("import metaflow\ndef number(text): return {'n': int(text)}")
    options: dict[str, Any] = {
        "file": {"text": source(f"default='five.txt', {arguments}")},
        "value": {"text": source(f"default_value='5', {arguments}")},
        "path on the command line": {"text": source(arguments), "paths": {"c": str(tmp_path / "five.txt")}},
        "value on the command line": {"text": source(f"default='nothing', {arguments}"), "c": "5"},
    }[way]
    assert frozen(compiled(tmp_path, **options)) == PARSERS[arguments]


def test_a_default_may_be_computed_when_the_flow_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "F.json").write_text('{"a": 1}')
    assert frozen(compiled(tmp_path, source("default=lambda context: context.flow_name + '.json'"))) == {"a": 1}
    assert frozen(compiled(tmp_path, source("default_value=lambda context: {'a': context.parameter_name}"))) == {
        "a": "c"
    }


def test_a_configuration_that_nobody_gave_is_none(tmp_path: Path) -> None:
    assert seen(tmp_path, "", "self.c") is None


def test_the_command_line_wins_over_the_environment_and_that_over_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.json").write_text('{"a": "file"}')
    text = source("default_value={'a': 'default'}")
    monkeypatch.setenv("FLOWS_FLOW_CONFIG", json.dumps({"c": str(tmp_path / "file.json"), "other": "x"}))
    assert frozen(compiled(tmp_path, text)) == {"a": "file"}
    assert frozen(compiled(tmp_path, text, c='{"a": "line"}')) == {"a": "line"}
    monkeypatch.delenv("FLOWS_FLOW_CONFIG")
    monkeypatch.setenv("FLOWS_FLOW_CONFIG_VALUE", json.dumps({"c": {"a": "value"}}))
    assert frozen(compiled(tmp_path, text)) == {"a": "value"}
    monkeypatch.setenv("FLOWS_FLOW_CONFIG_VALUE", "[1]")
    assert "FLOWS_FLOW_CONFIG_VALUE must be a JSON object" in rejection(tmp_path, text)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("required=True", "missing configuration for 'c': give it with --config c PATH."),
        ("default='none.json'", "default configuration file"),
        ("default_value='{'", "Config 'c': its value is not valid JSON: "),
        ("default='a', default_value='b'", "give default or default_value, not both"),
        ("default_value='x', parser=int", "its parser failed: ValueError: invalid literal"),
        (
            "default_value='5', parser=int",
            "its parser returned 5, which is not a dictionary. Return one, or say plain",
        ),
        ("default_value='5', parser='nope.nope'", "the parser 'nope.nope' cannot be found: No module named 'nope'"),
        ("default_value='5', parser='json.nope'", "the parser 'json.nope' cannot be found"),
        ("default=lambda context: 1 / 0", "its default failed: ZeroDivisionError"),
        ("default_value={'a': [object()]}", "c.a[0] is a object, and a deployment can only hold values like those"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_said(tmp_path: Path, arguments: str, words: str) -> None:
    message = rejection(tmp_path, source(arguments))
    assert words in message and "'c'" in message


def test_a_configuration_is_given_once_and_must_exist(tmp_path: Path) -> None:
    assert "given as a file and as a value" in rejection(tmp_path, source(""), {"c": "x"}, c="1")
    assert "the flow has no Config 'd'. It has: c." in rejection(tmp_path, source(""), d="1")
    assert "configuration file 'none.json' could not be read" in rejection(tmp_path, source(""), {"c": "none.json"})


@pytest.mark.parametrize("expression", ["c.nope", "nope.x", "c.", "c['a'] / 0"])
def test_an_expression_without_a_value_names_itself(tmp_path: Path, expression: str) -> None:
    text = source("default_value={'a': 1}", above=f"@retry(times=config_expr({expression!r}))")
    message = rejection(tmp_path, text)
    assert f"config_expr({expression!r}) cannot be evaluated" in message and "Configurations: c." in message


def test_the_command_line_gives_files_and_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_flow(tmp_path, source(""))
    (tmp_path / "c.json").write_text('{"a": 1}')
    for options in (["--config", "c", str(tmp_path / "c.json")], ["--config-value", "c", '{"a": 1}']):
        assert exit_code(lambda options=options: command.main([str(file), *options], standalone_mode=False)) == 0  # type: ignore[misc]
        assert 'configs={"c": {"a": 1}}' in capsys.readouterr().out
    assert exit_code(lambda: command.main([str(file), "--config-value", "c", "{"], standalone_mode=False)) == 2


def test_the_file_may_change_after_the_compile(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"a": "then"}')
    text = source("default='c.json'", "self.seen = self.c.a", above="@environment(vars={'A': c.a})")
    found = compiled(tmp_path, text)
    (tmp_path / "c.json").write_text('{"a": "now"}')
    assert frozen(found) == {"a": "then"} and '"then"' in found.text and '"now"' not in found.text
    configs = dict(found.plan.flow.arguments)["configs"]
    again = run_again(runtime_of(write_flow(tmp_path, text), tmp_path / "store", configs=configs), {})
    assert again("start", "seen") == "then"
    assert repr(again.runtime.step("start").decorators[0]) == "environment:vars={'A': 'then'}"


def test_a_task_on_airflow_sees_what_the_compile_read(tmp_path: Path, airflow_home: Path) -> None:
    (tmp_path / "c.json").write_text('{"a": "then"}')
    code = "import os; self.seen = (self.c.a, os.environ['A'])"
    text = source("default='c.json'", code, above="@environment(vars={'A': c.a})")
    dag = compile_dag(airflow_home, write_flow(tmp_path, text))
    (tmp_path / "c.json").unlink()
    assert run_dag(airflow_home, dag)("start", "seen") == ("then", "then")
