"""The example flows with decorators of their own, compiled and run by Airflow, and run on this machine."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import open_store

from tests.support.dags import DagRun, compile_dag, run_dag
from tests.support.runner import write_flow

FLOWS = Path(__file__).parents[2] / "dags" / "flows"
RIDES = csv.DictReader((FLOWS / "taxi_rides.csv").open())
TOTAL = round(sum(float(ride["fare_amount"]) for ride in RIDES), 2)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """A language model on loopback: what it is asked, with the headers and the path of each request."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
            answer = json.dumps({"choices": [{"message": {"content": "Stop at zero 🙂"}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1/")
    yield asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Any:
    """What tasks print; `dag.test()` writes it among the log lines."""
    return lambda: "".join(capfd.readouterr())


def run_example(home: Path, name: str, **params: Any) -> DagRun:
    return run_dag(home, compile_dag(home, FLOWS / f"{name}.py"), **params)


def test_without_a_key_ai_debug_says_so_and_the_task_fails(
    airflow_home: Path, printed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    run = run_example(airflow_home, "fail_flow")
    assert run.state == "failed" and run.states == {"start": "failed", "end": "upstream_failed"}
    out = printed()
    assert "❌ Step failed:" in out and "Set OPENAI_API_KEY to get help with debugging." in out
    assert run.run["start"].task.exception.type == "builtins.ValueError"


def test_with_a_key_ai_debug_sends_source_and_traceback_and_prints_the_answer(
    airflow_home: Path, printed: Any, model: list[dict[str, Any]]
) -> None:
    assert run_example(airflow_home, "fail_flow").state == "failed"
    (asked,) = model
    assert (asked["path"], asked["key"]) == ("/v1/chat/completions", "Bearer secret")
    (message,) = asked["messages"]
    assert "def start(self):" in message["content"] and "math.sqrt(x - i)" in message["content"]
    assert "ValueError" in message["content"] and "fail_flow.py" in message["content"]
    out = printed()
    assert "🧠 Asking AI for help..." in out and "🧠💡 AI suggestion:" in out and "Stop at zero 🙂" in out


def test_a_model_that_cannot_be_reached_does_not_hide_the_failure(
    airflow_home: Path, printed: Any, model: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    run = run_example(airflow_home, "fail_flow")
    assert run.run["start"].task.exception.type == "builtins.ValueError"
    assert "The AI gave no answer" in printed()


def test_a_second_run_reuses_the_artifact_of_the_first_unless_it_is_reset(airflow_home: Path, printed: Any) -> None:
    first = run_example(airflow_home, "total_fare_flow")
    assert (first.state, first("end", "total_fare")) == ("success", TOTAL)
    assert "⚙️ previous results not found - running the step" in printed()
    second = run_example(airflow_home, "total_fare_flow")
    assert (second.state, second("end", "total_fare")) == ("success", TOTAL)
    assert f"✅ reusing results from a previous run {first.run_id}" in printed()
    third = run_example(airflow_home, "total_fare_flow", reset=True)
    assert third("end", "total_fare") == TOTAL
    assert "⚙️ memoized results disabled - running the step" in printed()


def test_the_first_try_runs_the_step_and_the_second_one_the_fallback(airflow_home: Path, printed: Any) -> None:
    run = run_example(airflow_home, "fallback_flow")
    assert (run.state, run("price", "failed"), run("end", "failed")) == ("success", True, True)
    assert "🛟 step failed: executing a fallback" in printed()
    attempts = [attempt.retry_count for attempt in tries(run, "price")]
    assert attempts == [0, 1]


def test_retry_and_fallback_can_come_from_the_command_line(airflow_home: Path, tmp_path: Path) -> None:
    (tmp_path / "fallback.py").write_text((FLOWS / "fallback.py").read_text(encoding="utf-8"), encoding="utf-8")
    source = """
from airflow_provider_flows import FlowSpec, step

class PlainFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1 / 0
        self.next(self.end)

    @step
    def end(self):
        pass
"""
    specs = ("retry:times=1,minutes_between_retries=0", "fallback.fallback:indicator=failed")
    run = run_dag(airflow_home, compile_dag(airflow_home, write_flow(tmp_path, source), decorators=specs))
    assert (run.state, run("end", "failed")) == ("success", True)
    assert [attempt.retry_count for attempt in tries(run, "start")] == [0, 1]
    assert len(tries(run, "end")) == 1


def run_locally(root: Path, name: str, *options: str) -> tuple[int, str]:
    """Run an example with the command line, its store below `root`; return the exit code and what it printed."""
    call = "from airflow_provider_flows.cli import main; main()"
    command = [sys.executable, "-c", call, str(FLOWS / f"{name}.py"), "run", *options]
    environ = {**os.environ, "FLOWS_DATASTORE_ROOT": str(root), "PYTHONPATH": str(FLOWS.parents[1])}
    ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, encoding="utf-8")
    return ended.returncode, ended.stdout + ended.stderr


def test_the_examples_run_on_a_laptop_just_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    code, out = run_locally(tmp_path, "fail_flow")
    assert code and "❌ Step failed:" in out and "Set OPENAI_API_KEY to get help with debugging." in out
    code, out = run_locally(tmp_path, "fallback_flow")
    assert not code and "🛟 step failed: executing a fallback" in out and "price 41.5" in out
    seen = [run_locally(tmp_path, "total_fare_flow", *options) for options in ((), (), ("--reset",))]
    words = ("⚙️ previous results not found", "✅ reusing results from a previous run", "⚙️ memoized results disabled")
    for (code, out), part in zip(seen, words, strict=True):
        assert not code and part in out and f"Total taxi fares: ${TOTAL}" in out


def tries(run: DagRun, step: str) -> list[Any]:
    """Return the records of a task's attempts."""
    store = open_store(None)
    address = TaskAddress.of(run.flow, run.run_id, step)
    return [store.read_attempt(address, number) for number in range(store.next_attempt(address))]
