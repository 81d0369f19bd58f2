"""What Airflow's pages show of a task: why it failed, what was caught, what it stored and how to read that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.client import Task

from tests.integration.deployment import FlowAirflow, FlowRun

pytestmark = pytest.mark.services

NOT_OURS = ("::", "DAG bundles", "Filling up", "Worker startup", "Stats instance", "Map index rendered", "setup plugin")
"""How the entries begin that some Airflow writes of its own."""


def entries(run: FlowRun, step: str, map_index: int = -1, try_number: int = 1) -> Iterator[dict[str, Any]]:
    """Yield what the step itself, and we, wrote to a try's log, as Airflow keeps it."""
    folder = Path(run.airflow.home, "logs", f"dag_id={run.dag_id}", f"run_id={run.run_id}", f"task_id={step}")
    file = Path(folder, *([] if map_index < 0 else [f"map_index={map_index}"]), f"attempt={try_number}.log")
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        if not entry["event"].startswith(NOT_OURS):
            yield entry


def told(run: FlowRun, step: str, map_index: int = -1, try_number: int = 1) -> list[tuple[str, str]]:
    return [(entry["level"], entry["event"]) for entry in entries(run, step, map_index, try_number)]


def page(run: FlowRun, step: str, map_index: int = -1) -> dict[str, Any]:
    """Return what the page "Rendered Templates" shows. It asks for one task, whose list has no fields before 3.2."""
    shown: dict[str, Any] = run.airflow.task_instance(run.dag_id, run.run_id, step, map_index)["rendered_fields"]
    return shown


def test_airflow_shows_what_failed_what_was_caught_and_what_was_stored(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("SeenFlow")
    failures_begin_in_the_flow_s_file(run)
    what_was_caught_is_seen(run)
    one_task_says_why_and_the_others_that_they_did_not_run(run)
    a_log_ends_with_what_was_stored_and_how_to_read_it(run)
    the_page_of_rendered_templates_shows_what_was_stored_as_it_is(run)
    assert len(airflow.get("dags/SeenFlow/dagVersions")["dag_versions"]) == 1


def failures_begin_in_the_flow_s_file(run: FlowRun) -> None:
    logged = list(entries(run, "chain"))  # what is printed reaches Airflow on another socket than what is logged
    printed = next(entry for entry in logged if entry["event"] == "about to fail")
    traceback, stored, airflow_s = (entry for entry in logged if entry is not printed)
    assert printed["level"] == "info"
    head, _, first, source, *_ = traceback["event"].splitlines()
    assert traceback["level"] == "error" and head == "<flow SeenFlow step chain> failed:"
    assert re.fullmatch(r'  File "/\S*/[0-9a-f]{12}/seen_flow\.py", line \d+, in chain', first)
    assert source.strip() == "seen_help.deep(1)"
    assert traceback["event"].endswith("LookupError: outer\nand more")
    assert "airflow_provider_flows/" not in traceback["event"]
    ours, outer, inner = airflow_s["error_detail"]
    assert ours["exc_value"].startswith("Step 'chain' failed: LookupError: outer")
    frames = [
        [(Path(frame["filename"]).name, frame["name"]) for frame in each["frames"]] for each in (ours, outer, inner)
    ]
    assert frames == [[], [("seen_flow.py", "chain")], [("seen_flow.py", "chain"), ("seen_help.py", "deep")]]
    assert stored["event"].startswith("Stored ")
    assert [text for _, text in run.printed("chain")] == ["about to fail", *traceback["event"].splitlines()]
    assert run.tries("again") == ["failed", "success"]
    assert "in again" in told(run, "again")[0][1] and "KeyError" in told(run, "again")[0][1]


def what_was_caught_is_seen(run: FlowRun) -> None:
    assert run.labels("divide") == ["divisor=0 · caught", "divisor=2"]
    caught = "Caught: ZeroDivisionError: division by zero. The step failed, and the flow continues with what it stored."
    assert told(run, "divide", 0)[0] == ("warning", caught)
    assert run.printed("divide", 0) == [("stderr", caught)]
    assert page(run, "divide", 0)["attempt"] == "0, caught"


def one_task_says_why_and_the_others_that_they_did_not_run(run: FlowRun) -> None:
    why = "Not run, because 'chain' failed. Clear it and its downstream tasks."
    assert {name: run.states[name] for name in ("chain", "last", "end")} == {
        "chain": "failed",
        "last": "upstream_failed",
        "end": "failed",
    }
    first, airflow_s = entries(run, "end")
    assert first["level"] == "error" and first["event"].startswith(why)
    (detail,) = airflow_s["error_detail"]
    assert (detail["exc_type"], detail["exc_value"], detail["frames"]) == ("StepNotRun", first["event"], [])
    assert page(run, "end") == {}


def a_log_ends_with_what_was_stored_and_how_to_read_it(run: FlowRun) -> None:
    level, last = told(run, "divide", 1)[-1]
    where, artifacts, python, shell = last.splitlines()
    pathspec = run.attempts("divide", 1)[-1].address.pathspec
    assert level == "info"
    assert where == f"Stored {pathspec} (attempt 0, ok) in {run.airflow.datastore}"
    assert re.search(
        r"^  5 artifacts, \d+ B: divisors list \d+ B, failure NoneType 4 B, .* result float \d+ B$", artifacts
    )
    assert python == f'  Read in Python: Task("{pathspec}").data'
    assert shell == f"  Or in a shell:  flows seen_flow.py dump {pathspec.removeprefix('SeenFlow/')}"
    assert Task(pathspec, root=str(run.airflow.datastore), _namespace_check=False).data.result == 5.0
    (of_the_failed,) = (event for _, event in told(run, "chain") if event.startswith("Stored "))
    assert 'Task("SeenFlow/' in of_the_failed and "attempt=0" in of_the_failed


def the_page_of_rendered_templates_shows_what_was_stored_as_it_is(run: FlowRun) -> None:
    shown = page(run, "divide", 1)
    assert list(shown) == ["pathspec", "attempt", "datastore", "artifacts"]
    assert shown["pathspec"] == run.attempts("divide", 1)[-1].address.pathspec
    assert shown["datastore"] == str(run.airflow.datastore)
    rows = dict(line.split(maxsplit=1) for line in shown["artifacts"].splitlines())
    assert re.fullmatch(r"str +\d+ B", rows["password"])
    assert re.fullmatch(r"float +\d+ B", rows["result"])
    assert "{{ raise }}" in page(run, "join")["artifacts"]
    assert page(run, "again")["attempt"] == "1, ok"


def test_a_step_that_ends_its_process_tells_what_it_left_all_the_same(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("Uncaught", "DeathFlow")
    events = [event for _, event in told(run, "die", 3)]  # what is printed comes another way, sooner or later
    (traceback,) = (event for event in events if event.endswith("SystemExit: 3"))
    (stored,) = (event for event in events if event.startswith("Stored "))
    assert "death_flow.py" in traceback
    assert re.match(r"Stored DeathFlow/\S+/die/\S+-3 \(attempt 0, failed\) in ", stored)


def test_a_flow_that_a_worker_cannot_import_fails_where_it_begins(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("MissingFlow")
    (reason,) = entries(run, "start", try_number=4)  # @catch has three tries more
    ours, missing = reason["error_detail"]
    assert re.match(r"/\S+/missing_help\.py:6: the flow could not be imported: ModuleNotFoundError", ours["exc_value"])
    assert [Path(frame["filename"]).name for frame in missing["frames"]] == ["missing_flow.py", "missing_help.py"]
    (reason,) = entries(run, "end")  # start has @catch: its failure is not what keeps the end from running
    assert "the flow could not be imported" in reason["error_detail"][0]["exc_value"]
