"""Invariants of `num_parallel`: the tasks of a group run at the same time, and fail, retry and go on together."""

from __future__ import annotations

import time
from collections.abc import Callable
from textwrap import dedent, indent

import pytest

from tests.local.conftest import Finished

Run = Callable[..., Finished]


def group(body: str, decorators: str = "", count: str = "3", join: str = "") -> str:
    """Return a flow whose step `train` runs `body` in several tasks."""
    return f"""
import os, time
from pathlib import Path
from airflow_provider_flows import FlowSpec, catch, current, parallel, retry, step, timeout

def meet(count):
    "Return when so many tasks of this attempt are here at once."
    Path(f"here-{{current.retry_count}}-{{current.task_id}}").touch()
    while len(list(Path().glob(f"here-{{current.retry_count}}-*"))) < count:
        time.sleep(0.02)

class Four(FlowSpec):
    @step
    def start(self):
        self.next(self.train, num_parallel={count})

{indent(dedent(decorators).strip(), "    ")}
    @parallel
    @step
    def train(self):
{indent(dedent(body).strip(), "        ")}
        self.next(self.join)

    @step
    def join(self, inputs):
        self.nodes = [each.input for each in inputs]
{indent(dedent(join).strip(), "        ")}
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@pytest.mark.parametrize("workers", ["1", "3", "16"])
def test_all_tasks_of_a_group_run_at_the_same_time_whatever_the_number_of_workers(flows: Run, workers: str) -> None:
    done = flows(group("meet(5)", count="5"), "--max-workers", workers)
    assert done.code == 0, done.output
    assert done("join", "nodes") == [0, 1, 2, 3, 4]


def test_each_task_knows_its_group(flows: Run) -> None:
    body = """
    self.known = tuple(current.parallel), current.is_parallel, self.index, self.foreach_stack()
    self.names = type(current.parallel).__name__, current.parallel._fields
    self.env = {key: value for key, value in os.environ.items() if key.startswith("MF_PARALLEL_")}
    """
    done = flows(group(body, join="self.outside = current.parallel, current.get('is_parallel'), self.foreach_stack()"))
    assert done.code == 0, done.output
    for index in range(3):
        task = f"train-{index}"
        assert done("train", "known", task) == (("127.0.0.1", 3, index, "train-0"), True, index, [(index, None, index)])
        assert done("train", "env", task) == {
            "MF_PARALLEL_MAIN_IP": "127.0.0.1",
            "MF_PARALLEL_NUM_NODES": "3",
            "MF_PARALLEL_NODE_INDEX": str(index),
            "MF_PARALLEL_CONTROL_TASK_ID": "train-0",
        }
    fields = ("main_ip", "num_nodes", "node_index", "control_task_id")
    assert done("train", "names", "train-1") == ("Parallel", fields)
    assert done("join", "outside") == (("127.0.0.1", 1, 0, None), None, [])


def test_the_task_of_index_0_is_the_control_task(flows: Run) -> None:
    done = flows(group("pass"))
    said = [done.run["train"][f"train-{index}"].metadata_dict for index in range(3)]
    assert [each.get("internal_task_type") for each in said] == ["control_task", None, None]
    assert {each["parallel-world-size"] for each in said} == {"3"}
    assert done.run["train"].control_task.id == "train-0"


@pytest.mark.parametrize(("count", "nodes"), [("1", [0]), ("len(current.flow_name)", [0, 1, 2, 3])])
def test_the_number_may_be_computed_and_may_be_one(flows: Run, count: str, nodes: list[int]) -> None:
    assert flows(group("pass", count=count))("join", "nodes") == nodes


@pytest.mark.parametrize("count", ["int()", "-len(current.flow_name)", "str(3)", "float(2)", "bool(1)"])
def test_what_is_no_number_of_tasks_fails_the_attempt(flows: Run, count: str) -> None:
    done = flows(group("pass", count=count))
    assert done.code == 1
    assert "num_parallel= takes a whole number of at least 1, not " in done.output


def test_a_parallel_group_waits_until_there_is_room_for_all_of_it(flows: Run) -> None:
    done = flows(
        """
        import time
        from airflow_provider_flows import FlowSpec, parallel, step

        class Room(FlowSpec):
            @step
            def start(self):
                self.next(self.long, self.short)

            @step
            def long(self):
                time.sleep(1)
                self.ended = time.time()
                self.next(self.both)

            @step
            def short(self):
                self.next(self.train, num_parallel=2)

            @parallel
            @step
            def train(self):
                self.began = time.time()
                self.next(self.trained)

            @step
            def trained(self, inputs):
                self.began = min(each.began for each in inputs)
                self.next(self.both)

            @step
            def both(self, inputs):
                self.waited = inputs.trained.began >= inputs.long.ended
                self.next(self.end)

            @step
            def end(self):
                pass
        """,
        "--max-workers",
        "2",
    )
    assert done.code == 0, done.output
    assert done("both", "waited")


def test_a_parallel_group_may_be_inside_a_foreach(flows: Run) -> None:
    done = flows(
        """
        from airflow_provider_flows import FlowSpec, current, parallel, step

        class Nested(FlowSpec):
            @step
            def start(self):
                self.letters = ["a", "b"]
                self.next(self.each, foreach="letters")

            @step
            def each(self):
                self.count = self.index + 1
                self.next(self.train, num_parallel=self.count)

            @parallel
            @step
            def train(self):
                self.seen = self.foreach_stack(), current.parallel.control_task_id
                self.next(self.join)

            @step
            def join(self, inputs):
                self.all = [each.seen for each in inputs]
                self.next(self.outer)

            @step
            def outer(self, inputs):
                self.all = [seen for each in inputs for seen in each.all]
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert done("end", "all") == [
        ([(0, 2, "a"), (0, None, 0)], "train-0-0"),
        ([(1, 2, "b"), (0, None, 0)], "train-1-0"),
        ([(1, 2, "b"), (1, None, 1)], "train-1-0"),
    ]


FAILURES = {"raises": "raise ValueError('one')", "dies": "os._exit(3)", "is killed": "os.kill(os.getpid(), 9)"}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_parallel_group_is_retried_as_a_whole(flows: Run, failure: str) -> None:
    body = f"""
    meet(3)
    self.tries = current.retry_count
    if current.retry_count == 0 and self.index == 1:
        {failure}
    """
    done = flows(group(body, "@retry(times=1)", join="self.tries = [each.tries for each in inputs]"))
    assert done.code == 0, done.output
    assert done("join", "tries") == [1, 1, 1]


def test_when_one_fails_the_others_are_stopped_after_some_time(flows: Run) -> None:
    body = """
    meet(3)
    if current.retry_count == 0 and self.index == 1:
        raise ValueError("one")
    meet(3 if current.retry_count else 4)
    """
    began = time.monotonic()
    done = flows(group(body, "@retry(times=1)"))
    assert done.code == 0, done.output
    assert done.output.count("Task failed: its process was killed by SIGTERM.") == 2
    assert done.output.count("Task is starting (retry).") == 3
    assert 5 < time.monotonic() - began < 15


def test_a_parallel_group_that_fails_for_good_fails_the_run(flows: Run) -> None:
    done = flows(group("meet(3 if self.index else 1)\nassert self.index == 1", "@retry(times=1)"))
    assert done.code == 1
    assert "Step 'train' failed" in done.output


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_caught_failure_leaves_what_the_others_left(flows: Run, failure: str) -> None:
    body = f"""
    meet(3)
    self.value = self.index
    if self.index == 1:
        {failure}
    """
    join = "self.values = [None if each.failure else each.value for each in inputs]"
    done = flows(group(body, "@catch(var='failure', print_exception=False)\n@retry(times=1)", join=join))
    assert done.code == 0, done.output
    assert done("join", "nodes") == [0, 1, 2]
    assert done("join", "values") == [0, None, 2]


@pytest.mark.slow
def test_those_that_wait_for_a_caught_one_are_caught_as_well(flows: Run) -> None:
    body = """
    if self.index == 1:
        raise ValueError("one")
    meet(3)
    """
    join = "self.kinds = [each.failure.type.rpartition('.')[2] for each in inputs]"
    done = flows(group(body, "@catch(var='failure', print_exception=False)", join=join))
    assert done.code == 0, done.output
    assert done("join", "kinds") == ["FailureHandledByCatch", "ValueError", "FailureHandledByCatch"]


def test_a_timeout_ends_the_attempt_of_the_group(flows: Run) -> None:
    body = "meet(3 if current.retry_count else 4)"
    done = flows(group(body, "@retry(times=1)\n@timeout(seconds=1)"))
    assert done.code == 0, done.output
    assert "timed out after 1 seconds" in done.output


def resumed(flows: Run, body: str, decorators: str = "", join: str = "pass") -> tuple[Finished, Finished]:
    """Run a parallel group of two that fails; return that run, and the one that goes on from it."""
    body = f"self.ran_in = current.run_id\nagain = bool(current.origin_run_id)\n{dedent(body)}"
    source = group(body, decorators, "2", f"self.ran_in = [each.ran_in for each in inputs]\n{join}")
    failed = flows(source)
    assert failed.code == 1 and failed.run_id, failed.output
    done = flows(source, "--origin-run-id", failed.run_id, command="resume")
    assert done.code == 0, done.output
    return failed, done


def test_a_parallel_group_that_ended_well_is_taken_over(flows: Run) -> None:
    failed, done = resumed(flows, "pass", join="assert current.origin_run_id")
    assert done("join", "ran_in") == [failed.run_id] * 2


def test_a_parallel_group_of_which_one_failed_runs_again_as_a_whole(flows: Run) -> None:
    _, done = resumed(flows, "assert again or self.index == 0")
    assert done("join", "ran_in") == [done.run_id] * 2


def test_a_parallel_group_whose_tasks_ended_well_in_different_attempts_runs_again(flows: Run) -> None:
    body = """
    if not again and self.index == 0 and current.retry_count:
        os._exit(1)
    assert again or self.index == 0 or current.retry_count
    """
    _, done = resumed(flows, body, "@retry(times=1)")
    assert done("join", "ran_in") == [done.run_id] * 2
