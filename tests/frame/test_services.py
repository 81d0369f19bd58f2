"""The harness itself: what the other tests on a real Airflow rely on."""

from __future__ import annotations

import pytest

from tests.rest import ImportErrors, RestError
from tests.services import Airflow

DAG = """
from datetime import timedelta
from airflow.sdk import DAG, Param, task

with DAG("harness", schedule=None, params={"numbers": Param([1, 2], type="array")}):
    @task
    def start(params):
        return params["numbers"]

    @task(retries=1, retry_delay=timedelta(0))
    def divide(number):
        print("the number is", number)
        return 10 / number

    @task(trigger_rule="all_done")
    def join():
        print("joined")

    divide.expand(number=start()) >> join()
"""


def test_a_run_can_be_triggered_watched_cleared_and_deleted(real_airflow: Airflow) -> None:
    (real_airflow.dags / "harness.py").write_text(DAG)
    run_id, state = real_airflow.run("harness", {"numbers": [1, 0]})
    assert state == "success"
    assert real_airflow.states("harness", run_id) == {
        "start": "success",
        "divide[0]": "success",
        "divide[1]": "failed",
        "join": "success",
    }
    assert [entry["state"] for entry in real_airflow.tries("harness", run_id, "divide", 1)] == ["failed", "failed"]
    assert "ZeroDivisionError" in real_airflow.logs("harness", run_id, "divide", try_number=2, map_index=1)
    assert real_airflow.xcoms("harness", run_id, "start")["return_value"] == [1, 0]

    assert real_airflow.clear("harness", run_id, ("divide", 0)) == ["divide[0]", "join"]
    assert real_airflow.wait_run("harness", run_id) == "success"
    assert real_airflow.tries("harness", run_id, "join")[-1]["try_number"] == 2

    real_airflow.set_state("harness", run_id, "divide", "success", map_index=1)
    assert real_airflow.states("harness", run_id)["divide[1]"] == "success"
    real_airflow.delete_run("harness", run_id)
    with pytest.raises(RestError, match="404"):
        real_airflow.dag_run("harness", run_id)


def test_a_value_that_a_param_rejects_is_rejected_by_the_api(real_airflow: Airflow) -> None:
    (real_airflow.dags / "harness.py").write_text(DAG)
    real_airflow.wait_for_dag("harness")
    with pytest.raises(RestError, match="is not of type 'array'"):
        real_airflow.trigger("harness", {"numbers": "many"})


def test_a_file_that_cannot_be_imported_is_said_at_once(real_airflow: Airflow) -> None:
    broken = real_airflow.dags / "broken_file.py"
    broken.write_text("from airflow.sdk import DAG\nraise ValueError('no luck')\n")
    with pytest.raises(ImportErrors, match="no luck"):
        real_airflow.wait_for_dag("never")
    broken.unlink()
    real_airflow.wait_until(lambda: not real_airflow.import_errors() or None, lambda: "still broken", 60)
