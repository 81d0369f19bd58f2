"""Steps that fail, are killed, crash, exit or take too long: retried as @retry says, caught as @catch says."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow, FlowRun

pytestmark = pytest.mark.services

WAYS = ["kill", "segfault", "exit0", "exit3", "timeout", "raise"]
SILENT = ("kill", "segfault", "exit0")
"""Ways to die that leave no time for a record."""
TIMEOUT = "metaflow.plugins.timeout_decorator.TimeoutException"
HANDLED = "metaflow.plugins.catch_decorator.FailureHandledByCatch"


def test_a_step_that_dies_fails_and_nothing_goes_on_from_it(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("Uncaught", "DeathFlow")
    for index, way in enumerate(WAYS):
        assert run.tries("die", index) == ["failed"], way
        assert run.outcomes("die", index) == ([] if way in SILENT else ["failed"]), way
        assert run.states[f"after[{index}]"] == "upstream_failed", way
    assert run.states["end"] == "upstream_failed"


def test_a_step_that_dies_is_retried(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("Retried", "DeathFlow")
    for index, way in enumerate(WAYS):
        assert run.tries("die", index) == ["failed"] * 2, way
        assert run.outcomes("die", index) == ([] if way in SILENT else ["failed"] * 2), way
        assert f"attempt 1 of {way}" in run.log("die", index, 2), way
        assert run.states[f"after[{index}]"] == "upstream_failed", way


def test_a_step_that_dies_is_caught(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("Caught", "DeathFlow")
    assert_caught(run, user_tries=1)


def test_a_step_that_dies_is_retried_and_caught_at_last(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("RetriedAndCaught", "DeathFlow")
    assert_caught(run, user_tries=2)


def assert_caught(run: FlowRun, user_tries: int) -> None:
    assert run.states["end"] == "success"
    for index, way in enumerate(WAYS):
        dies = way in (*SILENT, "exit3")
        tries = ["failed"] * (user_tries if dies else user_tries - 1) + ["success"]
        assert run.tries("die", index) == tries, way
        left = 0 if way in SILENT else user_tries if way == "exit3" else user_tries - 1
        assert run.outcomes("die", index) == ["failed"] * left + ["caught"], way
        assert ("kept failing" in str(run.value("die", "problem", index))) == dies, way
    kinds = [HANDLED] * 4 + [TIMEOUT, "builtins.KeyError"]
    assert run.value("end", "seen") == kinds


def test_what_a_step_forks_ends_nothing_but_itself(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ForkFlow")
    assert run.states["end"] == "success"
    assert [run.tries("fork", index) for index in range(5)] == [["success"]] * 5
    assert [run.outcomes("fork", index) for index in range(5)] == [["ok"]] * 5
    assert run.value("join", "left") == [0, None, 1, 0, 3]
    log = run.log("fork", 2)
    assert "a child says raise" in log and "IndexError: list index out of range" in log


def test_a_step_that_lost_its_supervisor_is_retried_or_caught(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("LostFlow", folder=str(airflow.home))
    assert run.wait() == "success"
    assert run.tries("retried") == ["failed", "success"]
    assert run.tries("caught") == ["failed", "success"]
    assert (run.value("join", "by"), run.value("join", "problem")) == (1, HANDLED)
    assert (run.outcomes("retried"), run.outcomes("caught")) == (["ok"], ["caught"])
    assert not (airflow.home / "retried").exists()
    assert not (airflow.home / "caught").exists()


def test_a_caught_step_that_is_marked_failed_lets_the_flow_go_on(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ByHandFlow", wait="caught")
    run.wait_task("caught", "running")
    run.mark("caught", "failed")
    assert run.wait() == "success"
    assert run.outcomes("caught") == ["caught"]
    assert run.value("end", "seen") == HANDLED


def test_a_caught_step_whose_fallback_tries_die_too_lets_the_flow_go_on(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("killed_at_import", "ByHandFlow")
    assert run.tries("caught") == ["failed"] * 4
    assert run.outcomes("caught") == ["caught"]
    assert (run.states["end"], run.value("end", "seen")) == ("success", HANDLED)


def test_an_uncaught_step_that_is_marked_failed_stops_the_flow(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ByHandFlow", wait="plain")
    run.wait_task("plain", "running")
    run.mark("plain", "failed")
    assert run.wait() == "failed"
    assert run.states["plain_after"] == "upstream_failed"
    assert run.tries("join") == ["failed"]
    assert "Not run, because 'plain' failed." in run.log("join")
    assert run.outcomes("join") == []


def test_a_step_that_is_marked_successful_before_it_left_anything_stops_the_flow(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ByHandFlow", wait="plain")
    run.wait_task("plain", "running")
    run.mark("plain", "success")
    assert run.wait() == "failed"
    assert run.tries("plain_after") == ["failed"]
    assert "plain did not run" in run.log("plain_after")


def test_what_an_earlier_try_left_is_not_used_when_a_step_dies_after_a_clear(airflow: FlowAirflow) -> None:
    mercy = airflow.home / "mercy"
    mercy.touch()
    run = airflow.run_flow("ByHandFlow", die="after caught", mercy=str(mercy))
    assert run.states["end"] == "success"
    mercy.unlink()
    run.clear("caught")
    assert run.wait() == "failed"
    assert run.outcomes("caught") == ["ok", "caught"]
    assert (run.states["after"], run.outcomes("after")) == ("failed", ["ok"])
    assert (run.states["join"], run.outcomes("join")) == ("failed", ["ok"])
    assert "Not run, because 'after' failed." in run.log("join", try_number=2)
