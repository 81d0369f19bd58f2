"""The compiler and the operators agree: names, arguments and limits are those of the classes and of this Airflow."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows import contract
from airflow_provider_flows.compiler import airflow_arguments as tables
from airflow_provider_flows.compiler.compile import compile_flow

from tests.flow.sources import flow
from tests.support.options import compile_options

operators = import_module(contract.OPERATORS)


def own_arguments(operator: str) -> set[str]:
    named = inspect.signature(getattr(operators, operator).__init__).parameters.values()
    return {each.name for each in named if each.kind is inspect.Parameter.KEYWORD_ONLY}


def test_the_names_that_a_dag_imports_are_the_operators() -> None:
    named = {contract.STEP_OPERATOR, contract.FAN_OUT_OPERATOR, contract.CALLBACK, contract.COMPILED_FLOW}
    assert named <= set(operators.__all__)
    for name in named:
        assert getattr(operators, name).__name__ == name


def test_the_operators_take_what_the_compiler_writes_beside_airflows_own_arguments() -> None:
    assert own_arguments(contract.STEP_OPERATOR) == {"flow", *tables.ONLY_OF_STEPS}
    assert own_arguments(contract.FAN_OUT_OPERATOR) == {"flow", "step"}
    assert set(tables.OPERATOR) > tables.ONLY_OF_STEPS and {"flow", "step"} < set(tables.NOT_OF_USERS)


def test_the_flow_of_a_dag_is_made_from_what_the_compiler_writes(tmp_path: Path) -> None:
    (tmp_path / "a_flow.py").write_text(flow('c = Config("c", default_value={})\ndef start(self): pass'))
    options = compile_options(
        tmp_path / "a_flow.py",
        decorators=("retry",),
        datastore_root=str(tmp_path),
        tags=("a",),
        config_values={"c": "{}"},
    )
    written = {name for name, _ in compile_flow(options).plan.flow.arguments}
    assert {"decorators", "datastore_root", "tags", "configs"} <= written
    assert written | {"name", "sources", "entry", "digest"} <= set(
        inspect.signature(getattr(operators, contract.COMPILED_FLOW)).parameters
    )


@pytest.mark.parametrize(("limit", "column"), [("LONGEST_ID", "dag_id"), ("LONGEST_SPLIT_LABEL", "rendered_map_index")])
def test_limits_are_those_of_airflows_database(limit: str, column: str) -> None:
    from airflow.models.taskinstance import TaskInstance

    columns: Any = TaskInstance.__table__.columns
    assert getattr(contract, limit) == columns[column].type.length


def test_a_group_id_or_tag_one_character_longer_is_rejected_by_airflow() -> None:
    from airflow.exceptions import AirflowException
    from airflow.sdk import DAG, TaskGroup

    with DAG("limits", schedule=None, tags=["t" * contract.LONGEST_TAG]):
        TaskGroup("g" * contract.LONGEST_GROUP_ID)
        with pytest.raises((AirflowException, ValueError)):
            TaskGroup("g" * (contract.LONGEST_GROUP_ID + 1))
    with pytest.raises((AirflowException, ValueError)):
        DAG("limits", schedule=None, tags=["t" * (contract.LONGEST_TAG + 1)])
