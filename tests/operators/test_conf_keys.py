"""A key of a run's conf that means nothing to the flow fails the run before user code; settings let others through."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.operators.conf_keys import require_known_keys

NAMES = ("alpha", "test-share")


def check(conf: Any) -> None:
    require_known_keys(NAMES, {"dag_run": SimpleNamespace(conf=conf)})


@pytest.mark.parametrize(
    "conf",
    [
        None,
        {},
        {"alpha": 1, "test-share": None},
        {"origin_run_id": "r", "resume_step": "fit"},
        {"openlineage": {"parentRunId": "x"}},
    ],
)
def test_parameters_and_what_airflow_and_we_know_are_taken(conf: Any) -> None:
    check(conf)


@pytest.mark.parametrize(
    ("conf", "words"),
    [
        ({"test_share": 0.5}, "'test_share' in its conf, which is not a parameter of the flow."),
        ({"test_share": 0.5}, "Did you mean 'test-share' for 'test_share'? Its parameters: 'alpha', 'test-share'."),
        ({"Alpha": 1, "alpha": 2, "x{0}": 3}, "triggered with 'Alpha', 'x{0}' in its conf"),
        ({"resume": "fit"}, "[flows] conf_keys"),
    ],
)
def test_any_other_key_is_an_error_that_names_the_nearest(conf: Any, words: str) -> None:
    with pytest.raises(UsageError) as error:
        check(conf)
    assert words in str(error.value)


def test_a_setting_lets_others_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__CONF_KEYS", "team_*, owner")
    check({"team_a": 1, "owner": 2, "alpha": 3})
    with pytest.raises(UsageError):
        check({"openlineage": {}})
    monkeypatch.setenv("AIRFLOW__FLOWS__CONF_KEYS", "*")
    check({"anything": 1})
