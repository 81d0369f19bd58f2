"""A parameter becomes a Param that takes the values that the flow takes, and no others."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Any

import click
import pytest
from airflow_provider_flows import IncludeFile, JSONType, Parameter
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.params import param_plan
from airflow_provider_flows.errors import ParameterError

from tests.flow.sources import flow
from tests.support.options import compile_options
from tests.support.runner import write_flow


def schema(parameter: Parameter) -> dict[str, Any]:
    return dict(param_plan(parameter).arguments)


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"default": 1}, {"type": "integer"}),
        ({"default": 0.5}, {"type": "number"}),
        ({"default": True}, {"type": "boolean"}),
        ({"is_flag": True}, {"type": "boolean"}),
        ({"default": "a"}, {"type": "string"}),
        ({}, {"type": ["string", "null"]}),
        ({"type": int}, {"type": ["integer", "null"]}),
        ({"required": True, "help": "Why."}, {"type": "string", "description": "Why."}),
        ({"default": "two\nlines"}, {"type": "string", "format": "multiline"}),
        ({"default": "a,b", "separator": ","}, {"type": "string"}),
        ({"default": {"a": 1}}, {"type": "object"}),
        ({"default": "x", "type": click.Choice(["x", "y"])}, {"type": "string", "enum": ["x", "y"]}),
        ({"type": click.Choice(["x"])}, {"type": ["string", "null"], "enum": ["x", None]}),
        ({"default": 3, "type": click.IntRange(1, 5)}, {"type": "integer", "minimum": 1, "maximum": 5}),
        ({"default": 3.0, "type": click.FloatRange(0, min_open=True)}, {"type": "number", "exclusiveMinimum": 0}),
        ({"default": "2024-01-31", "type": click.DateTime(["%Y-%m-%d"])}, {"type": "string", "format": "date"}),
        ({"default": "2024-01-31", "type": click.DateTime()}, {"type": "string"}),
        ({"default": (1, 2), "multiple": True}, {"type": "array", "items": {"type": "integer"}}),
        ({"default": "1", "type": JSONType}, {"type": ["number", "object", "array", "string", "boolean"]}),
    ],
)
def test_the_schema_follows_the_type(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert schema(Parameter("p", **options)) == expected


def test_several_choices_are_offered_for_selection() -> None:
    found = schema(Parameter("p", type=click.Choice(["x", "y"]), multiple=True))
    assert found == {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}, "examples": ["x", "y"]}


def test_a_list_of_anything_is_edited_as_json() -> None:
    for parameter in (Parameter("p", default=[1, "a"]), Parameter("p", type=JSONType, default="[1]")):
        found = schema(parameter)
        assert "array" in (found["type"], found["type"][0])
        assert found["items"]["type"] != "string"


def test_a_file_to_include_is_given_by_its_path() -> None:
    plan = param_plan(IncludeFile("data", default="data.csv", help="The data."))
    assert (plan.default, dict(plan.arguments)) == (
        "data.csv",
        {"type": "string", "description": "The data. (path of a file)"},
    )


def test_defaults_are_json() -> None:
    assert param_plan(Parameter("p", type=JSONType, default='{"a": [1]}')).default == {"a": [1]}
    assert param_plan(Parameter("p", multiple=True, default=(1, 2))).default == [1, 2]
    assert param_plan(Parameter("p", multiple=True)).default == []
    assert param_plan(Parameter("p", separator=",", default="a").with_default(["a", "b"])).default == "a,b"
    assert param_plan(Parameter("p", type=click.Choice(["Abc"], case_sensitive=False), default="abc")).default == "Abc"
    assert param_plan(Parameter("p", type=click.DateTime(), default="2024-01-31T10:00:00")).default == "2024-01-31"


def test_required_means_no_default() -> None:
    assert param_plan(Parameter("p", required=True)).required
    assert not param_plan(Parameter("p", required=True, default="x")).required


@pytest.mark.parametrize(
    "options",
    [
        {"default": float("nan")},
        {"default": "a\0b"},
        {"default": {"a": ["\ud800"]}},
        {"default": {"a": object()}},
        {"default": 9, "type": click.IntRange(1, 5)},
        {"default": "z", "type": click.Choice(["x"])},
    ],
)
def test_a_default_that_no_run_could_have_is_rejected(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="'p'"):
        param_plan(Parameter("p", **options))


def test_text_that_airflow_cannot_store_is_replaced_in_help() -> None:
    assert schema(Parameter("p", default=1, help="a\0b"))["description"] == "a\ufffdb"


GOOD_AND_BAD = [
    ({"default": 1}, [2, -1], ["2", 1.5, None]),
    ({"type": int}, [2, None], ["2"]),
    ({"default": 0.5}, [1, 0.25], ["x"]),
    ({"default": True}, [False], ["yes", 1]),
    ({"default": "x", "type": click.Choice(["x", "y"])}, ["y"], ["z", None]),
    ({"type": click.Choice(["x", "y"])}, ["y", None], ["z"]),
    ({"default": 3, "type": click.IntRange(1, 5)}, [5], [6, 0]),
    ({"type": JSONType}, [{"a": 1}, [1], "x", 1, None], []),
    ({"default": (1,), "multiple": True}, [[], [2, 3]], [["x"], 1]),
    ({"default": "2024-01-31", "type": click.DateTime(["%Y-%m-%d"])}, ["2025-02-01"], ["soon"]),
    ({"required": True}, ["x"], [None, 1]),
]


@pytest.mark.airflow
@pytest.mark.parametrize(("options", "good", "bad"), GOOD_AND_BAD)
def test_airflow_takes_good_values_and_rejects_bad_ones(
    options: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    from airflow.sdk import Param
    from airflow.sdk.definitions.param import ParamsDict
    from airflow.sdk.exceptions import ParamValidationError

    plan = param_plan(Parameter("p", **options))

    def params() -> ParamsDict:
        return ParamsDict({"p": Param(*([] if plan.required else [plan.default]), **dict(plan.arguments))})

    if not plan.required:
        assert params().validate() == {"p": plan.default}
    for value in good:
        given = params()
        given["p"] = value
        assert given.validate() == {"p": value}
    for value in bad:
        with pytest.raises(ParamValidationError):
            given = params()
            given["p"] = value
            given.validate()


DEPLOYED = """
from metaflow import Config, FlowSpec, Parameter, current, project, step

def limit(context):
    from metaflow import current as at_hand
    import metaflow
    assert at_hand is metaflow.current and not at_hand.is_running_flow and at_hand.flow_name == "F"
    return context.configs.sizes.limit + context.configs["plain"].count("x") + len(at_hand.project_name)

@project(name="bakery")
class F(FlowSpec):
    sizes = Config("sizes", default_value={"limit": 7})
    plain = Config("plain", default_value="xx", plain=True)
    trial = Parameter("trial", type=bool, default=lambda _: not current.is_production)
    where = Parameter("where", default=lambda _: f"{current.branch_name} {current.project_flow_name}")
    limit = Parameter("limit", type=int, default=limit)
    @step
    def start(self):
        self.next(self.end)
    @step
    def end(self): pass
"""


@pytest.mark.parametrize(
    ("options", "trial", "branch"), [({"production": True}, False, "prod"), ({"branch": "b"}, True, "test.b")]
)
def test_functions_that_give_defaults_know_the_project_and_the_configurations(
    tmp_path: Path, options: dict[str, Any], trial: bool, branch: str
) -> None:
    compiled = compile_flow(compile_options(write_flow(tmp_path, DEPLOYED), **options))
    defaults = {param.name: param.default for param in compiled.plan.params}
    assert defaults == {"trial": trial, "where": f"{branch} bakery.{branch}.F", "limit": 15}


@pytest.mark.parametrize(
    ("declared", "typed", "default"),
    [
        ("type=JSONType", '"abc"', '"abc"'),
        ("type=JSONType", "[1, 2]", [1, 2]),
        ("type=int", "5", 5),
        ("multiple=True, type=int", "[1, 2]", [1, 2]),
        ("multiple=True, type=JSONType", '["\\"a\\""]', ['"a"']),
        ("separator=','", "a,b", "a,b"),
    ],
)
def test_a_default_that_is_typed_is_what_a_run_could_be_given(
    tmp_path: Path, declared: str, typed: str, default: Any
) -> None:
    file = write_flow(tmp_path, flow(f'p = Parameter("p", {declared})\ndef start(self): pass'))
    (param,) = compile_flow(compile_options(file, params={"p": typed})).plan.params
    assert param.default == default


def test_a_list_with_a_separator_is_one_text(tmp_path: Path) -> None:
    declared = 'p = Parameter("p", multiple=True, separator=",", default=["a,b", "c"])'
    (param,) = compile_flow(
        compile_options(write_flow(tmp_path, flow(f"{declared}\ndef start(self): pass")))
    ).plan.params
    assert (param.default, dict(param.arguments)["type"]) == ("a,b,c", "string")
