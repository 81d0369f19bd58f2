"""What steps print is in the store, attempt by attempt, and in Airflow's own logs as ever."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow

pytestmark = pytest.mark.services

ENDED = ("stderr", "The step's process ended before the step did.")


def test_all_that_is_printed_is_kept(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("PrintingFlow")
    printed = run.printed("start")
    assert [text for stream, text in printed if stream == "stdout"] == ["to stdout", "from a program", "not ended"]
    assert [text for stream, text in printed if stream == "stderr"] == ["to stderr", "from a logger"]
    assert all(text in run.log("start") for _, text in printed)
    for each in range(3):
        assert run.printed("loop", iteration=each) == [("stdout", f"round {each}")]


def test_the_last_words_of_a_step_that_died_are_kept(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("PrintingFlow")
    assert run.printed("dies", attempt=0) == [("stdout", "try 0"), ENDED]
    said, *more = run.printed("dies", attempt=1)
    assert said == ("stdout", "try 1") and "os._exit(0)" in more[0][1] and more[-1] == ENDED
    assert ("stdout", "try 2") in run.printed("dies", attempt=2)
    assert [record.attempt for record in run.attempts("dies")] == [2]
