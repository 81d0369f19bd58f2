"""What is lost when a part of a cluster goes away while a flow runs: nothing."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import programs
from tests.cluster.deployment import Cluster
from tests.cluster.starting import begin_wide
from tests.cluster.starting import cluster as started
from tests.integration.deployment import FlowRun

pytestmark = [pytest.mark.services, pytest.mark.slow]
FLOWS = Path(__file__).parent / "flows"
WIDTH = 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("celery", reason="`make test-cluster` installs what a cluster needs")
    try:
        programs.check()
    except programs.Missing as error:
        pytest.skip(str(error))
    home = Path(tempfile.mkdtemp(prefix="flows-cluster-"))
    home.chmod(0o755)  # PostgreSQL, as another user, has to reach its folder
    with started(home, [FLOWS / "wide_flow.py", FLOWS / "caught_flow.py"]) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


def check_whole(cluster: Cluster, run: FlowRun) -> list[str]:
    """Assert that a run has all it should have, each item once, and that nothing is left running."""
    assert run.wait() == "success"
    assert set(run.states.values()) == {"success"} and len(run.states) == WIDTH + 3
    assert run.value("join", "squares") == [number**2 for number in range(WIDTH)]
    for index in range(WIDTH):
        assert [outcome for outcome in run.outcomes("work", index) if outcome == "ok"] == ["ok"]
        attempt = run.attempts("work", index)[-1].attempt
        assert ("stdout", f"working on {index}") in run.printed("work", index, attempt=attempt)
    cluster.wait_until_idle()
    workers: list[str] = run.value("join", "workers")
    return workers


def test_runs_side_by_side_use_both_workers(cluster: Cluster) -> None:
    runs = [begin_wide(cluster, WIDTH, 0.5) for _ in range(2)]
    assert {worker for run in runs for worker in check_whole(cluster, run)} == {"w1", "w2"}


def test_what_a_killed_worker_had_in_hand_is_run_again(cluster: Cluster) -> None:
    run = begin_wide(cluster, WIDTH, 6.0)
    time.sleep(2)
    cluster.kill("w1")
    check_whole(cluster, run)
    assert "w1" in cluster.restarts
    assert any(len(run.tries("work", index)) > 1 for index in range(WIDTH))


def test_the_death_of_a_worker_is_caught(cluster: Cluster) -> None:
    run = cluster.start_flow("CaughtFlow")
    run.wait_task("work", "running")
    time.sleep(2)
    cluster.kill(cluster.worker_of("CaughtFlow", run.run_id, "work"))
    assert run.wait() == "success"
    assert run.outcomes("work") == ["caught"]
    assert "its process died, was killed, or lost contact" in run.value("end", "seen")
    cluster.wait_until_idle()


@pytest.mark.parametrize("service", ["redis"])
def test_a_service_that_is_killed_and_comes_back_loses_nothing(cluster: Cluster, service: str) -> None:
    run = begin_wide(cluster, WIDTH, 3.0)
    with cluster.down(service):
        time.sleep(5)
    check_whole(cluster, run)
