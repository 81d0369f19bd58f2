"""The process of one attempt of a local run: loads the flow, runs the attempt, and ends as Python does. TASK phase."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from typing import NoReturn

from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.process import FAILED, end_process, exit_status
from airflow_provider_flows.local.server_setting import ServerSetting
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.runtime import set_up
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.last_words import LastWords, note_unfinished
from airflow_provider_flows.task.persist import persist_no_setup
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task


class ForkHost(Host):
    """The process of one attempt of a local run; the launcher reads its output and sees its end."""

    def __init__(self, max_num_splits: int) -> None:
        self.split_limit = SplitLimit(max_num_splits, "--max-num-splits")


def be_attempt(setting: ServerSetting, request: TaskRequest, stdout: int, stderr: int, words: LastWords) -> NoReturn:
    """Be the attempt that `request` names; called in a process that was forked for it."""
    status = FAILED
    try:
        _be_a_process_of_its_own(str(setting.flow.file), stdout, stderr)
        note_unfinished(words)
        status = _run(setting.flow, request, ForkHost(setting.max_num_splits))
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


def _run(setup: FlowSetup, request: TaskRequest, host: Host) -> int:
    started = time.time()
    try:
        runtime = set_up(setup)
    except FlowsError as error:
        persist_no_setup(open_store(setup.root), setup, request, error, started)
        raise
    outcome = run_task(runtime, request, host)
    if outcome is not None and outcome.verdict:
        print(outcome.verdict, file=sys.stderr)
    return 0 if outcome is None or outcome.ok else FAILED
