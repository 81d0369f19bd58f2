"""Child processes of a step that are no forks."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow

pytestmark = pytest.mark.services


def test_children_that_start_from_nothing_import_the_flows_file_and_metaflow(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("SpawningFlow")
    cubes = [(1, False), (8, False), (27, False)]
    assert run.value("start", "cubes") == {"spawn": cubes, "forkserver": cubes}
    assert run.value("start", "main") == "spawning_flow"
