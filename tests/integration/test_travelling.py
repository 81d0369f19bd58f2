"""Code and data from outside of a flow's folder are there in the workers of a real Airflow."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow

pytestmark = pytest.mark.services


def test_what_only_a_mapped_step_imports_is_there(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("TravellingFlow")
    assert run.value("end", "prices") == [1.5, 3.0, 4.5]
    assert "team/tools/rates.py" in run.store.get_code("TravellingFlow", run.attempts("each", 0)[-1].code)
