"""The process of one attempt of a local run: loads the flow, runs the attempt, and ends as Python does. TASK phase."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.flow.process import FAILED, end_process, exit_status
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.last_words import LastWords, note_unfinished
from airflow_provider_flows.task.model import EVERY_STEP, Attempt, Origin
from airflow_provider_flows.task.persist import persist_failure
from airflow_provider_flows.task.run import run_task
from airflow_provider_flows.task.runtime import FlowRuntime, set_up


def be_attempt(
    setting: dict[str, Any], request: dict[str, Any], stdout: int, stderr: int, words: LastWords
) -> NoReturn:
    """Be the attempt that `request` names; called in a process that was forked for it."""
    status = FAILED
    try:
        _be_a_process_of_its_own(setting["file"], stdout, stderr)
        note_unfinished(words)
        status = _run(setting, _attempt(request))
    except FlowsError as error:
        print(error, file=sys.stderr)
    except BaseException as error:
        status = exit_status(error)
    finally:
        end_process(status, atexit._run_exitfuncs)


def _be_a_process_of_its_own(file: str, stdout: int, stderr: int) -> None:
    os.setpgid(0, 0)  # so that what the step starts can be stopped with it
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):  # which `nohup` and others have ignored
        signal.signal(number, signal.SIG_DFL)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    sys.argv[:] = [file]
    if "numpy.random" in sys.modules:  # Python's own `random` sees to that itself
        sys.modules["numpy.random"].seed()


def _runtime(setting: dict[str, Any]) -> FlowRuntime:
    return set_up(
        load_flow(setting["file"], setting["class"], list(map(Path, setting["paths"]))),
        open_store(setting["root"]),
        setting["run_id"],
        specs=tuple(setting["decorators"]),
        options=setting["options"],
        configs=setting["configs"],
        code=setting["code"],
        environment="local",
        namespace=setting["namespace"],
        username=setting["username"],
        tags=tuple(setting["tags"]),
        # The launcher has cloned what can be cloned: what gets here runs.
        origin=Origin(setting["origin"], EVERY_STEP) if setting["origin"] else None,
    )


def _attempt(request: dict[str, Any]) -> Attempt:
    return Attempt(
        request["step"],
        tuple(request["path"]),
        iteration=request["iteration"],
        retry_count=request["retry_count"],
        number=request["retry_count"],  # a local run starts its attempts one by one, and nobody clears them
        fallback=request["fallback"],
        parameters=request["parameters"],
        split_limit=SplitLimit(request["max_num_splits"], "--max-num-splits"),
    )


def _run(setting: dict[str, Any], attempt: Attempt) -> int:
    started = time.time()
    try:
        runtime = _runtime(setting)
    except FlowsError as error:
        address = TaskAddress.of(setting["class"], setting["run_id"], attempt.step, attempt.path, attempt.iteration)
        persist_failure(open_store(setting["root"]), attempt, address, error, started)
        raise
    outcome = run_task(runtime, attempt)
    if outcome is not None and outcome.verdict:
        print(outcome.verdict, file=sys.stderr)
    return 0 if outcome is None or outcome.ok else FAILED
