"""The client reads what real local runs leave: logs of killed attempts, copies of a resumed run, parallel steps."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from airflow_provider_flows.client import Flow, Run, namespace, use_store

ROOT = Path(__file__).parents[2]
DIES = """
    from metaflow import FlowSpec, current, retry, step
    import os, sys

    class DiesFlow(FlowSpec):
        @step
        def start(self):
            self.xs = ["a", "b"]
            print("out"); print("err", file=sys.stderr)
            self.next(self.work, foreach="xs")

        @retry(times=1)
        @step
        def work(self):
            print("try", current.retry_count, self.input)
            if self.input == "b" and (current.retry_count == 0 or os.path.exists("die")):
                os._exit(9)
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            self.ids = current.origin_run_id, [one.id for one in current.run], current.task.stdout
"""
PARALLEL = """
    from metaflow import FlowSpec, current, parallel, parallel_map, step

    class ParallelFlow(FlowSpec):
        @step
        def start(self):
            self.next(self.work, num_parallel=2)

        @parallel
        @step
        def work(self):
            self.got = current.parallel.node_index, current.is_parallel, current.trigger
            self.next(self.join)

        @step
        def join(self, inputs):
            self.got = sorted(one.got for one in inputs)
            self.next(self.end)

        @step
        def end(self):
            k = 2
            self.doubled = parallel_map(lambda n: n * k, range(3))
"""


@pytest.fixture
def flows(tmp_path: Path, everything):
    """Run a command of a flow file with the real command line; return its exit code."""
    use_store(str(tmp_path / "store"))

    def command(source: str, *arguments: str) -> int:
        (tmp_path / "a_flow.py").write_text(textwrap.dedent(source))
        line = [sys.executable, "-m", "airflow_provider_flows", "a_flow.py", *arguments, "--datastore-root", "store"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(line, cwd=tmp_path, env=environ, capture_output=True, timeout=120).returncode

    return command


def test_a_run_whose_task_was_killed_and_the_run_that_goes_on_from_it(flows, tmp_path: Path) -> None:
    (tmp_path / "die").touch()
    assert flows(DIES, "run", "--tag", "mine") == 1
    killed = Flow("DiesFlow").latest_run
    assert [step.id for step in killed] == ["work", "start"] and not killed.finished and killed.user_tags == {"mine"}
    assert (killed["start"].task.stdout, killed["start"].task.stderr) == ("out\n", "err\n")
    task = killed["work"]["work-1"]
    assert (task.finished, task.current_attempt, task.stdout) == (False, 1, "try 1 b\n")
    assert {one.id: one.finished for one in killed["work"]} == {"work-1": False, "work-0": True}

    (tmp_path / "die").unlink()
    assert flows(DIES, "resume") == 0
    resumed = Flow("DiesFlow").latest_successful_run
    assert resumed.origin_pathspec == killed.pathspec and resumed.data.ids == (killed.id, ["join", "work", "start"], "")
    assert {one.id: one.is_cloned for one in resumed["work"]} == {"work-0": True, "work-1": False}
    assert [resumed["work"][one].stdout for one in ("work-0", "work-1")] == ["try 0 a\n", "try 1 b\n"]
    assert resumed["work"]["work-0"].origin_pathspec == killed["work"]["work-0"].pathspec
    assert resumed.created_at <= resumed["start"].created_at
    versions = {task.metadata_dict["python_version"] for step in resumed for task in step}
    assert versions == {platform.python_version()}


def test_the_end_step_sees_the_data_of_its_own_run_before_there_is_any(flows) -> None:
    source = """
    from metaflow import FlowSpec, current, step

    class DataFlow(FlowSpec):
        @step
        def start(self):
            self.seen = current.run.data
            self.next(self.end)

        @step
        def end(self):
            self.seen = hasattr(current.run.data, "x"), current.run.finished, current.run.end_task.id
    """
    assert flows(source, "run") == 0
    run = Flow("DataFlow").latest_successful_run
    assert (run["start"].task.data.seen, run.data.seen) == (None, (False, False, "end"))


def test_a_parallel_step_has_a_control_task(flows) -> None:
    assert flows(PARALLEL, "run") == 0
    run = Flow("ParallelFlow").latest_successful_run
    assert run["work"].control_task.id == "work-0" and len(list(run["work"])) == 2
    assert run["join"].task.data.got == [(0, True, None), (1, True, None)] and run.data.doubled == [0, 2, 4]


def test_runs_may_be_tagged_while_and_after_they_run(flows) -> None:
    source = """
    from metaflow import FlowSpec, current, step

    class TagFlow(FlowSpec):
        @step
        def start(self):
            current.run.add_tag("from inside")
            self.next(self.end)

        @step
        def end(self):
            self.tags = sorted(current.run.user_tags)
    """
    assert flows(source, "run", "--tag", "given") == 0
    run = Flow("TagFlow").latest_successful_run
    assert run.data.tags == ["from inside", "given"]
    run.replace_tag("given", "good")
    namespace("good")
    assert Run(run.pathspec).user_tags == {"from inside", "good"}
