"""Talks to a running Airflow through its public REST API, as a test or the demo does. Standard library only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

T = TypeVar("T")
Json = dict[str, Any]
FINAL_STATES = ("success", "failed")


class RestError(Exception):
    """The API answered with an error; `status` is its code and `detail` what it said."""

    def __init__(self, method: str, url: str, status: int, detail: str) -> None:
        super().__init__(f"{method} {url}: {status} {detail}")
        self.status = status
        self.detail = detail


class ImportErrors(Exception):
    """The DAG processor could not import a file."""


class AirflowRest:
    """One Airflow at `url`, for instance `http://127.0.0.1:8080`. Times are in seconds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._bearer = ""

    def check_alive(self) -> None:
        """Raise when waiting any longer is in vain; a subclass that owns the services knows."""

    def add_connection(self, name: str, connection: Json) -> None:
        """Put a connection into Airflow's database; `extra` is JSON."""
        body = {"connection_id": name, **connection, "extra": json.dumps(connection.get("extra", {}))}
        self.request("POST", "connections", body)

    def request(self, method: str, path: str, body: Json | None = None, **query: Any) -> Any:
        """Call `/api/v2/<path>` and return the decoded answer; RestError for a status of 400 and above."""
        url = f"{self.url}/api/v2/{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        text = self._send(Request(url, data=data, method=method, headers={"Content-Type": "application/json"}))
        return json.loads(text) if text else None

    def _send(self, request: Request) -> bytes:
        request.add_header("Accept", "application/json")
        if self._bearer:
            request.add_header("Authorization", f"Bearer {self._bearer}")
        try:
            with urlopen(request, timeout=100) as response:
                answer: bytes = response.read()
                return answer
        except HTTPError as error:
            status, detail = error.code, error.read().decode(errors="replace")
        if status == 401 and not self._bearer:
            self._log_in()
            return self._send(request)
        raise RestError(request.get_method(), request.full_url, status, detail)

    def _log_in(self) -> None:
        """Airflow before 3.2 wants a token also where everybody is an administrator, and gives one to anybody."""
        with urlopen(f"{self.url}/auth/token", timeout=100) as response:
            self._bearer = str(json.load(response)["access_token"])

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, **query)

    def pages(self, path: str, key: str, **query: Any) -> Iterator[Json]:
        """Yield every entry of a listing, however many pages it has."""
        seen = 0
        while True:
            page = self.get(path, limit=100, offset=seen, **query)
            yield from page[key]
            seen += len(page[key])
            if seen >= page["total_entries"] or not page[key]:
                return

    def wait_until(self, probe: Callable[[], T | None], what: Callable[[], str], timeout: float) -> T:
        """Return the first answer of `probe` that is not None; TimeoutError, saying `what()`, after `timeout`."""
        deadline = time.monotonic() + timeout
        while True:
            found = probe()
            if found is not None:
                return found
            self.check_alive()
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {timeout:.0f} s: {what()}")
            time.sleep(0.2)

    def health(self) -> Json:
        """Return the health of each component; empty while nobody answers."""
        try:
            answer: Json = self.get("monitor/health")
        except (URLError, ConnectionError, TimeoutError, RestError):
            return {}
        return answer

    def wait_for_dag(self, dag_id: str, *, timeout: float = 60, newer_than: str | None = None) -> Json:
        """Wait until a DAG is known, and parsed after `newer_than` (a `last_parsed_time`); ImportErrors if it fails."""

        def parsed() -> Json | None:
            try:
                dag: Json = self.get(f"dags/{quote(dag_id, safe='')}")
            except RestError as error:
                if error.status != 404:
                    raise
                self.raise_import_errors()
                return None
            return dag if newer_than is None or (dag["last_parsed_time"] or "") > newer_than else None

        return self.wait_until(parsed, lambda: f"no DAG {dag_id!r}", timeout)

    def import_errors(self) -> dict[str, str]:
        """Return the stack trace for each file that could not be imported."""
        return {error["filename"]: error["stack_trace"] for error in self.pages("importErrors", "import_errors")}

    def raise_import_errors(self) -> None:
        """Raise ImportErrors when there is a file that could not be imported."""
        errors = self.import_errors()
        if errors:
            raise ImportErrors("\n".join(f"{file}:\n{trace}" for file, trace in errors.items()))

    def unpause(self, dag_id: str, paused: bool = False) -> None:
        self.request("PATCH", f"dags/{quote(dag_id, safe='')}", {"is_paused": paused})

    def trigger(
        self,
        dag_id: str,
        conf: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        logical_date: str | None = None,
    ) -> str:
        """Create a run and return its id. RestError 400 when a parameter is rejected."""
        body: Json = {"logical_date": logical_date, "conf": dict(conf or {})}
        if run_id is not None:
            body["dag_run_id"] = run_id
        answer = self.request("POST", f"dags/{quote(dag_id, safe='')}/dagRuns", body)
        return str(answer["dag_run_id"])

    def run(self, dag_id: str, conf: Mapping[str, Any] | None = None, *, timeout: float = 180) -> tuple[str, str]:
        """Wait for a DAG, trigger it, wait for the run's end; return its id and its state."""
        self.wait_for_dag(dag_id)
        self.unpause(dag_id)
        run_id = self.trigger(dag_id, conf)
        return run_id, self.wait_run(dag_id, run_id, timeout=timeout)

    def dag_run(self, dag_id: str, run_id: str) -> Json:
        answer: Json = self.get(_run_path(dag_id, run_id))
        return answer

    def wait_run(self, dag_id: str, run_id: str, *, timeout: float = 180, states: Sequence[str] = FINAL_STATES) -> str:
        """Wait until the run is in one of `states` and return it; TimeoutError lists the states of its tasks."""

        def state() -> str | None:
            found = str(self.dag_run(dag_id, run_id)["state"])
            return found if found in states else None

        return self.wait_until(state, lambda: f"run {run_id} of {dag_id} has {self.states(dag_id, run_id)}", timeout)

    def wait_task(
        self,
        dag_id: str,
        run_id: str,
        task: str,
        *,
        states: Sequence[str] = (*FINAL_STATES, "skipped", "upstream_failed"),
        timeout: float = 120,
    ) -> str:
        """Wait until a task, named as in `states()`, is in one of `states`, and return that."""

        def state() -> str | None:
            found = self.states(dag_id, run_id).get(task)
            return found if found in states else None

        return self.wait_until(state, lambda: f"{task} of {dag_id} has {self.states(dag_id, run_id)}", timeout)

    def task_instances(self, dag_id: str, run_id: str) -> list[Json]:
        """Return the newest try of every task instance, as the API describes it."""
        return list(self.pages(f"{_run_path(dag_id, run_id)}/taskInstances", "task_instances"))

    def task_instance(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Json:
        """Return the newest try of one task instance, with all that the API knows of it."""
        answer: Json = self.get(_task_path(dag_id, run_id, task_id, map_index))
        return answer

    def tries(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> list[Json]:
        """Return all tries of one task instance, oldest first."""
        tries: list[Json] = self.get(f"{_task_path(dag_id, run_id, task_id, map_index)}/tries")["task_instances"]
        return sorted(tries, key=lambda entry: int(entry["try_number"]))

    def states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """Return the state of each task instance by its name, `start` or `divide[1]`."""
        found = self.task_instances(dag_id, run_id)
        return {task_name(entry["task_id"], entry["map_index"]): entry["state"] for entry in found}

    def clear(
        self,
        dag_id: str,
        run_id: str,
        *tasks: str | tuple[str, int],
        downstream: bool = True,
        only_failed: bool = False,
    ) -> list[str]:
        """Clear tasks (an id, or an id with its map index; none: all) and return the names of what was cleared."""
        body: Json = {
            "dry_run": False,
            "dag_run_id": run_id,
            "include_downstream": downstream,
            "only_failed": only_failed,
            "reset_dag_runs": True,
        }
        if tasks:
            body["task_ids"] = [task if isinstance(task, str) else list(task) for task in tasks]
        answer = self.request("POST", f"dags/{quote(dag_id, safe='')}/clearTaskInstances", body)
        return sorted(task_name(entry["task_id"], entry["map_index"]) for entry in answer["task_instances"])

    def set_state(self, dag_id: str, run_id: str, task_id: str, state: str, *, map_index: int = -1) -> None:
        """Set a task instance to `success`, `failed` or `skipped`, as a person would in the UI."""
        self.request("PATCH", _task_path(dag_id, run_id, task_id, map_index), {"new_state": state})

    def set_run_state(self, dag_id: str, run_id: str, state: str) -> None:
        self.request("PATCH", _run_path(dag_id, run_id), {"state": state})

    def delete_run(self, dag_id: str, run_id: str) -> None:
        self.request("DELETE", _run_path(dag_id, run_id))

    def xcoms(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Json:
        """Return what a task instance pushed, by key."""
        path = f"{_run_path(dag_id, run_id)}/taskInstances/{quote(task_id)}/xcomEntries"
        keys = [e["key"] for e in self.pages(path, "xcom_entries", map_index=map_index) if e["map_index"] == map_index]
        return {key: self.get(f"{path}/{quote(key)}", map_index=map_index)["value"] for key in keys}

    def log_entries(
        self, dag_id: str, run_id: str, task_id: str, *, try_number: int = 1, map_index: int = -1
    ) -> list[Json]:
        """Return the log of one try, entry by entry (`event`, `level`, `error_detail`, …)."""
        path = f"{_run_path(dag_id, run_id)}/taskInstances/{quote(task_id)}/logs/{try_number}"
        content = self.get(path, map_index=map_index, full_content="true")["content"]
        return [entry if isinstance(entry, dict) else {"event": str(entry)} for entry in content]

    def logs(self, dag_id: str, run_id: str, task_id: str, *, try_number: int = 1, map_index: int = -1) -> str:
        """Return the log of one try as text, tracebacks as Python writes them."""
        entries = self.log_entries(dag_id, run_id, task_id, try_number=try_number, map_index=map_index)
        return "\n".join(line for entry in entries for line in _log_lines(entry))


def task_name(task_id: str, map_index: int) -> str:
    return task_id if map_index < 0 else f"{task_id}[{map_index}]"


def _run_path(dag_id: str, run_id: str) -> str:
    return f"dags/{quote(dag_id, safe='')}/dagRuns/{quote(run_id, safe='')}"


def _task_path(dag_id: str, run_id: str, task_id: str, map_index: int) -> str:
    middle = "" if map_index < 0 else f"/{map_index}"
    return f"{_run_path(dag_id, run_id)}/taskInstances/{quote(task_id)}{middle}"


def _log_lines(entry: Json) -> Iterator[str]:
    yield str(entry.get("event", ""))
    for error in entry.get("error_detail") or ():
        for frame in error.get("frames") or ():
            yield f'  File "{frame["filename"]}", line {frame["lineno"]}, in {frame["name"]}'
        yield f"{error.get('exc_type')}: {error.get('exc_value')}"
