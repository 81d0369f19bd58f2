"""Parameters: what may be declared, and what a run's values become."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from airflow_provider_flows import JSONType, Parameter
from airflow_provider_flows.errors import FlowsError, ParameterError
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.flow.parameter_checks import name_problems
from airflow_provider_flows.flow.parameters import ParameterContext, parameters_of

from tests.flow.sources import flow
from tests.support.runner import Run, run_flow, write_flow


@pytest.mark.parametrize(
    ("options", "given", "value"),
    [
        ({}, "5", "5"),
        ({}, "", ""),
        ({}, None, None),
        ({"default": 1}, "5", 5),
        ({"default": 1}, 5, 5),
        ({"default": 1}, True, 1),
        ({"default": 1.5}, 2, 2.0),
        ({"default": 1.5}, "2e3", 2000.0),
        ({"type": int}, "-7", -7),
        ({"default": True}, "no", False),
        ({"default": True}, False, False),
        ({"type": bool}, "on", True),
        ({"is_flag": True}, True, True),
        ({"is_flag": True}, "false", False),
        ({"type": str}, 5, "5"),
        ({"default": "a,b", "separator": ","}, "x,y,", ["x", "y", ""]),
        ({"separator": "::"}, "x", ["x"]),
        ({"type": JSONType}, '{"a": [1, null]}', {"a": [1, None]}),
        ({"type": JSONType}, {"a": 1}, {"a": 1}),
        ({"type": JSONType}, '"text"', "text"),
        ({"type": JSONType}, 5, 5),
        ({"default": {"a": 1}}, {"b": 2}, {"b": 2}),
        ({"default": {"a": 1}}, '{"b": 2}', {"b": 2}),
        ({"default": [1]}, [2, "x"], [2, "x"]),
        ({"default": [1]}, "[2]", [2]),
        ({"default": (1, 2)}, [3, 4], (3, 4)),
        ({"multiple": True}, ["x", "y"], ("x", "y")),
        ({"multiple": True, "type": int}, ["1", 2], (1, 2)),
        ({"multiple": True, "default": (1, 2)}, [3], (3,)),
        ({"multiple": True, "type": int}, [], ()),
        ({"multiple": True, "type": int}, "7", (7,)),
        ({"multiple": True}, "ab", ("ab",)),
        ({"multiple": True, "type": int}, None, ()),
        ({"type": click.Choice(["a", "b"])}, "a", "a"),
        ({"type": click.Choice(["A", "b"], case_sensitive=False)}, "a", "A"),
        ({"type": click.IntRange(1, 5)}, 5, 5),
        ({"type": click.IntRange(1, 5, clamp=True)}, "50", 5),
        ({"type": click.FloatRange(0)}, "0.5", 0.5),
        ({"type": click.DateTime()}, "2024-01-31", datetime.datetime(2024, 1, 31)),
        ({"type": click.INT}, "3", 3),
        ({"type": lambda text: text[::-1]}, "ab", "ba"),
    ],
)
def test_a_runs_value_is_converted_to_the_parameters_type(options: dict[str, Any], given: Any, value: Any) -> None:
    found = Parameter("p", **options).convert(given)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({"default": 1}, "x"),
        ({"default": 1}, "1.5"),
        ({"default": 1}, 1.5),
        ({"default": 1}, [1]),
        ({"default": 1}, {}),
        ({"default": True}, "maybe"),
        ({"type": JSONType}, "{"),
        ({"default": {"a": 1}}, "[1]"),
        ({"default": {"a": 1}}, [1]),
        ({"default": [1]}, {"a": 1}),
        ({"default": [1]}, "{}"),
        ({"multiple": True, "type": int}, ["x"]),
        ({"multiple": True, "type": int}, 5.5),
        ({"separator": ","}, ["x"]),
        ({"type": click.Choice(["a", "b"])}, "c"),
        ({"type": click.IntRange(1, 5)}, 6),
        ({"type": click.DateTime()}, "soon"),
        ({"type": str}, {"a": 1}),
        ({"type": lambda text: 1 / 0}, "x"),
    ],
)
def test_a_value_of_another_type_is_rejected_by_the_parameters_name(options: dict[str, Any], given: Any) -> None:
    with pytest.raises(ParameterError, match="'p'"):
        Parameter("p", **options).convert(given)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("'with'", "'with' cannot be a parameter's name: it is reserved"),
        ("'run-id'", "reserved"),
        ("'Run_ID'", "reserved"),
        ("'origin_run_id'", "reserved"),
        ("'resume_step'", "reserved"),
        ("''", "cannot be a parameter's name"),
        ("5", "cannot be a parameter's name"),
        ("'p', separator=lambda: ','", "only default may be a callable"),
        ("'p', required=lambda: True", "only default may be a callable"),
        ("'p', separator=',', default=5", "Separator is only allowed for string parameters"),
        ("'p', separator=',', type=int", "Separator is only allowed for string parameters"),
    ],
)
def test_a_wrong_declaration_is_rejected_with_file_and_line(tmp_path: Path, arguments: str, words: str) -> None:
    file = write_flow(tmp_path, flow(f"p = Parameter({arguments})\ndef start(self): pass"))
    with pytest.raises(FlowsError, match=words) as error:
        load_flow(file)
    assert f"{file}:7: " in str(error.value)


@pytest.mark.parametrize(
    "declared",
    [
        "p = Parameter('p')\nq = Parameter('P')",
        "p = Parameter('some-thing')\nq = Parameter('some_thing')",
        "p = q = Parameter('p')",
    ],
)
def test_two_parameters_cannot_share_a_name(tmp_path: Path, declared: str) -> None:
    loaded = load_flow(write_flow(tmp_path, flow(f"{declared}\ndef start(self): pass")))
    (problem,) = name_problems(loaded.flow_class)
    assert "names are compared without case" in problem.message and problem.file == str(loaded.file)


def resolved(default: Any, **options: Any) -> Any:
    parameter = Parameter("p", default=default, **options)
    return parameter.resolved(ParameterContext("F", "me", "p")).default


def test_a_default_may_be_a_function_of_the_deployment() -> None:
    assert resolved(lambda context: f"{context.flow_name} {context.user_name} {context.parameter_name}") == "F me p"
    assert resolved(lambda context, deploy_time: str(deploy_time)) == "True"
    assert resolved(lambda context: 5, type=int) == 5
    assert resolved(lambda context: {"a": 1}, type=JSONType) == {"a": 1}
    assert resolved(lambda context: '{"a": 1}', type=JSONType) == '{"a": 1}'
    assert resolved(lambda context: {"a": 1}, type=dict) == {"a": 1}
    assert resolved(lambda context: "b", type=click.Choice(["a", "b"])) == "b"
    assert resolved(lambda context: "a,b", type=str, separator=",") == "a,b"


@pytest.mark.parametrize(
    ("default", "options"),
    [
        (lambda context: 5, {}),
        (lambda context: "5", {"type": int}),
        (lambda context: True, {"type": int}),
        (lambda context: 5, {"type": float}),
        (lambda context: [1], {"type": dict}),
        (lambda context: 1 / 0, {}),
        (lambda: "no argument", {}),
    ],
)
def test_a_deploy_time_default_must_be_of_the_parameters_type(default: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=r"'p'.*deploy-time default"):
        resolved(default, **options)


@pytest.mark.parametrize("attribute", ["input", "index", "next", "name"])
def test_a_parameter_may_not_hide_what_every_flow_has(tmp_path: Path, attribute: str) -> None:
    file = write_flow(tmp_path, flow(f"{attribute} = Parameter('p')\ndef start(self): pass"))
    (problem,) = name_problems(load_flow(file).flow_class)
    assert f"hides what every flow has. Rename it: {attribute}_ = Parameter" in problem.message


def test_a_deploy_time_default_is_evaluated_once(tmp_path: Path) -> None:
    calls: list[int] = []
    Parameter("p", default=lambda context: str(calls.append(1))).resolved(ParameterContext("F", "me", "p"))
    assert calls == [1]


def test_steps_see_parameters_by_attribute_and_runs_give_them_by_name(tmp_path: Path) -> None:
    body = """
alpha = Parameter('the-name', default=1)
UPPER = Parameter('UPPER', default='x')
def start(self):
    self.got = (self.alpha, self.UPPER, current.parameter_names)
    self.next(self.end)
def end(self): self.then = self.alpha
"""
    run = run_flow(tmp_path, flow(body), **{"the-name": "7"})
    assert run("end", "got") == (7, "x", ["alpha", "UPPER"])
    assert (run("end", "then"), run("end", "alpha")) == (7, 7)


def rejected(run: Run) -> str:
    """Return why the first step could not begin; its record says so, too."""
    assert run.failed is not None and not run.failed.began
    record = run.record("start")
    assert (record.outcome, record.artifacts) == ("failed", {}) and record.exception is not None
    assert record.exception["message"] == str(run.failed.exception)
    return record.exception["message"]


def test_required_parameters_must_be_given(tmp_path: Path) -> None:
    source = flow("p = Parameter('p', required=True)\ndef start(self): pass")
    assert "'p' is required" in rejected(run_flow(tmp_path, source))
    assert run_flow(tmp_path, source, p="x")("start", "p") == "x"


def test_a_default_makes_required_void() -> None:
    assert not Parameter("p", default=3, required=True).required


def test_the_order_is_that_of_definition_with_bases_first() -> None:
    class Base:
        z = Parameter("z")
        a = Parameter("a")

    class Own(Base):
        m = Parameter("m")
        a = Parameter("a", default=2)

    assert list(parameters_of(Own)) == ["z", "a", "m"]
    assert parameters_of(Own)["a"].default == 2


@pytest.mark.parametrize("text", ['"text"', '"5"', '""', "null", "[]", '{"a": "x"}', "5", "true"])
def test_a_json_default_arrives_as_it_was_written(text: str) -> None:
    """Airflow delivers what the DAG file says, through JSON."""
    from airflow_provider_flows.compiler.params import param_plan

    parameter = Parameter("p", type=JSONType, default=text)
    delivered = json.loads(json.dumps(param_plan(parameter).default))
    assert parameter.convert(delivered) == json.loads(text)


def including(folder: Path, declared: str, content: bytes | None = b"caf\xc3\xa9", **parameters: Any) -> Run:
    if content is not None:
        (folder / "data.txt").write_bytes(content)
    source = flow(f"data = IncludeFile('data'{declared})\ndef start(self): self.got = self.data")
    return run_flow(folder, source, **parameters)


def include(folder: Path, declared: str, content: bytes | None = b"caf\xc3\xa9", **parameters: Any) -> Any:
    return including(folder, declared, content, **parameters)("start", "got")


class TestIncludeFile:
    def test_reads_text_beside_the_flow_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir("/")
        assert include(tmp_path, ", default='data.txt'") == "café"

    def test_reads_a_path_that_the_run_gives(self, tmp_path: Path) -> None:
        (tmp_path / "other").write_text("other")
        assert include(tmp_path, ", default='data.txt'", data=str(tmp_path / "other")) == "other"

    @pytest.mark.parametrize(
        ("declared", "content", "value"),
        [
            (", is_text=False", b"\xff\0", b"\xff\0"),
            (", encoding='latin-1'", b"caf\xe9", "café"),
            (", parser=str.upper", b"abc", "ABC"),
            (", parser='json.loads'", b"[1]", [1]),
            (", parser=len, is_text=False", b"abc", 3),
            ("", b"a\r\nb\n", "a\r\nb\n"),
        ],
    )
    def test_decodes_and_parses(self, tmp_path: Path, declared: str, content: bytes, value: Any) -> None:
        assert include(tmp_path, f", default='data.txt'{declared}", content) == value

    def test_is_none_when_it_is_not_given(self, tmp_path: Path) -> None:
        assert include(tmp_path, "", None) is None

    @pytest.mark.parametrize(
        ("declared", "content", "words"),
        [
            ("", None, "could not be read: .*No such file"),
            ("", b"\xff", "could not be read: 'utf-8' codec"),
            (", encoding='no-such'", b"a", "could not be read: unknown encoding"),
            (", parser=int", b"x", "its parser failed"),
            (", parser='no.such.parser'", b"x", "its parser failed"),
        ],
    )
    def test_says_what_is_wrong_with_a_file(
        self, tmp_path: Path, declared: str, content: bytes | None, words: str
    ) -> None:
        reason = rejected(including(tmp_path, f", default='data.txt'{declared}", content))
        assert re.search(f"'data'.*{words}", reason)
