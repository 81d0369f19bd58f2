"""What steps print is in the store, attempt by attempt, and in Airflow's own logs as ever."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow

pytestmark = pytest.mark.services

every_store = pytest.mark.parametrize("dag_id", ["PrintingFlow", "printing.environment", "printing.database"])
"""A folder, and a bucket through a connection that only the task's own process can ask for, or any."""
ENDED = ("stderr", "The step's process ended before the step did.")


@every_store
def test_all_that_is_printed_is_kept(airflow: FlowAirflow, dag_id: str) -> None:
    run = airflow.run_flow(dag_id, "PrintingFlow")
    printed = run.printed("start")
    assert [text for stream, text in printed if stream == "stdout"] == ["to stdout", "from a program", "not ended"]
    assert [text for stream, text in printed if stream == "stderr"] == ["to stderr", "from a logger"]
    assert all(text in run.log("start") for _, text in printed)
    for each in range(3):
        assert run.printed("loop", iteration=each) == [("stdout", f"round {each}")]


@every_store
def test_the_last_words_of_a_step_that_died_are_kept(airflow: FlowAirflow, dag_id: str) -> None:
    run = airflow.run_flow(dag_id, "PrintingFlow")
    words = ("about to fall", "by C", "a child")
    for attempt in range(3):
        printed = run.printed("dies", attempt=attempt)
        said = "".join(text for stream, text in printed if stream == "stdout")
        assert all(
            word in said and word in run.log("dies", try_number=attempt + 1) for word in (*words, f"try {attempt}")
        )
        assert (printed[-1] == ENDED) == (attempt < 2)
    assert any("os._exit(0)" in text for _, text in run.printed("dies", attempt=1))
    assert [record.attempt for record in run.attempts("dies")] == [2]


def test_a_connection_that_is_not_there_is_never_replaced_by_default_credentials(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("printing.nobody", "PrintingFlow")
    assert run.wait() == "failed"
    assert "names the Airflow connection 'nobody', which is not usable" in run.log("start")
    assert airflow.s3.seen <= {"environment", "database"}
