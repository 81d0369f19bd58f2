"""What a DAG run is called in the store."""

from __future__ import annotations

import re

import pytest
from airflow_provider_flows.identity import dag_run_name
from hypothesis import example, given
from hypothesis import strategies as st

IDS = st.text("aF.@_~", min_size=1, max_size=4)  # short and of few characters, so that most clash by a weaker rule
DAG_RUNS = st.tuples(IDS.filter(lambda dag_id: "@" not in dag_id), IDS)


@given(DAG_RUNS, DAG_RUNS)
@example(("a.b", "c"), ("a", "b.c"))
@example(("F", "a@c"), ("a", "c"))
def test_no_two_dag_runs_share_a_run_of_the_store(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (dag_run_name("F", *one) == dag_run_name("F", *other)) == (one == other)


def test_a_dag_called_as_its_flow_names_runs_as_airflow_does() -> None:
    assert dag_run_name("F", "F", "scheduled__2026-01-01T00:00:00+00:00") == "scheduled__2026-01-01T00:00:00+00:00"
    assert dag_run_name("F", "nightly", "scheduled__x") == "nightly@scheduled__x"


@pytest.mark.airflow
def test_airflow_allows_the_separator_in_no_dag_id_and_by_default_in_no_run_id(airflow_home: object) -> None:
    from airflow.configuration import conf
    from airflow.sdk.definitions._internal.node import validate_key

    with pytest.raises(ValueError):
        validate_key("a@b")
    assert not re.match(conf.get("scheduler", "allowed_run_id_pattern"), "a@b")
