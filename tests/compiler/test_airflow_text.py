"""What Airflow cannot hold is replaced or rejected before it is written."""

from __future__ import annotations

import pytest
from airflow_provider_flows.compiler.airflow_text import (
    airflow_text,
    check_dag_id,
    check_tag,
    group_id,
    one_line_description,
)
from airflow_provider_flows.errors import UsageError


def test_only_what_no_database_takes_is_replaced() -> None:
    assert airflow_text("a\0b\ud800c") == "a\ufffdb\ufffdc"
    assert airflow_text("é漢😀\u202e\x1b{{ x }}") == "é漢😀\u202e\x1b{{ x }}"
    assert airflow_text(None) == ""


@pytest.mark.parametrize("wanted", ["", "a b", "a/b", "a\n", "x" * 251])
def test_ids_that_airflow_rejects_are_rejected_first(wanted: str) -> None:
    with pytest.raises(UsageError, match="--dag-id"):
        check_dag_id(wanted)


def test_ids_may_have_any_letters() -> None:
    assert check_dag_id("étape-1.x_y") == "étape-1.x_y"
    assert group_id("a.b é") == "a_b_é"


@pytest.mark.parametrize("tag", ["", " ", "x" * 101])
def test_tags_are_neither_empty_nor_long(tag: str) -> None:
    with pytest.raises(UsageError):
        check_tag(tag)
    assert check_tag("x" * 100)


def test_a_description_is_the_first_paragraph_on_one_line() -> None:
    assert one_line_description("  Fit\n  a model.\n\nMore.") == "Fit a model."
    assert len(one_line_description("word " * 100)) <= 200
    assert one_line_description(None) == ""


@pytest.mark.airflow
def test_airflows_own_limits_are_these() -> None:
    from airflow.sdk import DAG
    from airflow.sdk.definitions._internal.node import validate_group_key, validate_key

    validate_key("x" * 250)
    validate_group_key("x" * 200)
    DAG(dag_id="x", schedule=None, tags=["x" * 100])
    for rejected in (lambda: validate_key("x" * 251), lambda: DAG(dag_id="x", schedule=None, tags=["x" * 101])):
        with pytest.raises(ValueError):
            rejected()
