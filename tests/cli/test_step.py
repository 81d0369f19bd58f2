"""Invariants of `step`: one attempt of an earlier run's task in this process."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

BODY = """
factor = Parameter("factor", default=1)
@environment(vars={"COLOUR": "blue"})
@step
def start(self):
    self.pid, self.colour = os.getppid(), COLOUR
    self.items = [5, 6]
    self.next(self.body, foreach="items")
@retry(times=1)
@catch(var="failure", print_exception=False)
@step
def body(self):
    print("item", self.input, current.retry_count)
    self.value = self.factor * self.input + BONUS
    self.next(self.join)
def join(self, inputs):
    self.values = [each.value for each in inputs]
    self.count = 0
    self.next(self.again)
def again(self):
    self.count += 1
    self.more = self.count < 2
    self.next({True: self.again, False: self.end}, condition="more")
def end(self): print("ends")
"""
HEAD = "import os\nBONUS = 0\nCOLOUR = os.environ.get('COLOUR')"


@pytest.fixture
def run(laptop: Laptop) -> LocalRun:
    return laptop.write(flow(BODY, before=HEAD)).run("--factor", "10")


def step(run: LocalRun, *words: str) -> tuple[int, str]:
    said = run.laptop("step", *words, "--run-id", run.id)
    return said.code, said.out


def test_an_attempt_goes_on_from_the_run_and_leaves_a_record_there(run: LocalRun) -> None:
    run.laptop.write(flow(BODY, before=HEAD.replace("BONUS = 0", "BONUS = 1")))
    assert step(run, "body", "--task-id", "body-1") == (0, "item 6 0\n")
    assert step(run, "body", "--split-path", "0") == (0, "item 5 0\n")
    assert step(run, "join") == (0, "")
    assert run("join", "values") == [51, 61]
    assert run.run["join"].task.current_attempt == 1


def test_the_first_step_has_the_runs_parameters_and_its_environment(run: LocalRun) -> None:
    assert step(run, "start")[0] == 0
    assert (run("start", "factor"), run("start", "colour")) == (10, "blue")
    assert run("start", "items") == [5, 6]


def test_a_loop_runs_all_its_rounds_or_one(run: LocalRun) -> None:
    assert step(run, "again")[0] == 0
    assert run.run["again"]["again.1"].current_attempt == 1
    assert step(run, "again", "--task-id", "again.1")[0] == 0
    assert run.run["again"]["again.1"].current_attempt == 2


def test_a_failing_attempt_ends_with_its_traceback_and_exit_code_1(run: LocalRun) -> None:
    run.laptop.write(flow(BODY.replace("self.values =", "1 / 0; self.values ="), before=HEAD))
    said = run.laptop("step", "join", "--run-id", run.id)
    assert said.code == 1 and "ZeroDivisionError" in said.err
    assert said.err.startswith("<flow F step join> failed:\nTraceback")


def test_the_retry_count_decides_what_is_caught(run: LocalRun) -> None:
    run.laptop.write(flow(BODY.replace("self.value =", "1 / 0; self.value ="), before=HEAD))
    place = ("body", "--task-id", "body-0", "--retry-count")
    assert [step(run, *place, count)[0] for count in ("0", "1", "2")] == [1, 0, 0]
    assert run("body", "failure", "body-0").type.endswith("FailureHandledByCatch")


def test_a_debugger_can_stop_a_step(run: LocalRun) -> None:
    run.laptop.write(flow(BODY.replace('print("ends")', "breakpoint()"), before=HEAD))
    words = f"echo 'p 6 * 7' | python -m airflow_provider_flows a_flow.py step end --run-id {run.id}"
    said = run.laptop(words.replace("python", run.laptop.python), command=("sh", "-c"))
    assert "(Pdb) 42" in said.out


def test_a_debugger_stays_in_the_flows_own_code(run: LocalRun) -> None:
    run.laptop.write(flow(BODY.replace('print("ends")', 'breakpoint(); print("ends")'), before=HEAD))
    words = f"printf 's\\nc\\n' | python -m airflow_provider_flows a_flow.py step end --run-id {run.id}"
    said = run.laptop(words.replace("python", run.laptop.python), command=("sh", "-c"))
    assert "ends" in said.out and "last_words" not in said.out


def test_what_a_debugged_step_printed_before_it_died_is_shown(run: LocalRun) -> None:
    run.laptop.write(
        flow(BODY.replace('print("ends")', 'print("last"); print("words", end=""); os._exit(3)'), before=HEAD)
    )
    said = run.laptop("step", "end", "--run-id", run.id)
    assert (said.code, said.out) == (3, "last\nwords")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bdy"], "has no step 'bdy'. Did you mean 'body'? It has: "),
        (["body"], "Step 'body' is in a foreach, so its tasks are body-0 and so on."),
        (["body", "--task-id", "x"], "'x' is not a task of step 'body'. Write body-0"),
        (["join", "--split-path", "0"], "Step 'join' is in no foreach, so its task is join."),
        (["join", "--task-id", "join.1"], "Step 'join' does not loop, so its task is join."),
        (["body", "--task-id", "body-0", "--split-path", "0"], "Give --task-id or --split-path."),
        (["body", "--task-id", "body-7"], "does not come through body-7"),
        (["again", "--task-id", "again.9"], "Iteration 8 of step 'again' left no result"),
    ],
)
def test_a_task_that_is_not_there_is_rejected(run: LocalRun, words: list[str], said: str) -> None:
    assert said in run.laptop.rejected("step", *words, "--run-id", run.id)
