"""Invariants of `flows FLOW.py run`: what a flow does on a laptop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.local.conftest import Finished

Run = Callable[..., Finished]

DIVISIONS = """
    from airflow_provider_flows import FlowSpec, catch, current, retry, step

    class Divisions(FlowSpec):
        @step
        def start(self):
            self.divisors = [0, 1, 2]
            self.next(self.divide, foreach="divisors")

        @catch(var="failure", print_exception=False)
        @retry(times=1)
        @step
        def divide(self):
            self.tries = current.retry_count
            self.result = 10 / self.input
            self.next(self.join)

        @step
        def join(self, inputs):
            self.results = [each.result for each in inputs if not each.failure]
            self.next(self.end)

        @step
        def end(self):
            print("results:", self.results)
"""


def test_a_run_ends_with_exit_code_0_and_its_artifacts(flows: Run) -> None:
    done = flows(DIVISIONS)
    assert done.code == 0, done.output
    assert done("end", "results") == [10.0, 5.0]
    assert done("divide", "tries", "divide-0") == 1
    assert done.run.successful


def test_a_failure_ends_the_run_with_exit_code_1_and_the_users_traceback(flows: Run) -> None:
    done = flows(
        """
        from airflow_provider_flows import FlowSpec, step

        class Fails(FlowSpec):
            @step
            def start(self):
                self.next(self.end)

            @step
            def end(self):
                raise ValueError("no good")
        """
    )
    assert done.code == 1
    assert "ValueError: no good" in done.output
    assert "airflow_provider_flows" not in done.output.partition("Traceback")[2].partition("ValueError")[0]
    assert not done.run.successful


@pytest.mark.parametrize(
    "death",
    ["os.kill(os.getpid(), 9)", "os._exit(7)", "os._exit(0)", "sys.exit(3)", "os.kill(os.getpid(), signal.SIGSEGV)"],
)
def test_the_death_of_a_process_is_retried_and_then_caught(flows: Run, death: str) -> None:
    done = flows(
        f"""
        import os, signal, sys
        from airflow_provider_flows import FlowSpec, catch, retry, step

        class Dies(FlowSpec):
            @catch(var="failure", print_exception=False)
            @retry(times=1)
            @step
            def start(self):
                {death}
                self.next(self.end)

            @step
            def end(self):
                self.kind = self.failure.type
        """
    )
    assert done.code == 0, done.output
    assert done("end", "kind").endswith("FailureHandledByCatch")
    assert done.output.count("Task is starting (retry)") == 1
    assert "Task fallback is starting to handle the failure." in done.output


def test_the_death_of_the_process_that_forks_attempts_is_the_death_of_its_attempts(flows: Run) -> None:
    done = flows(
        """
        import os, time
        from airflow_provider_flows import FlowSpec, current, retry, step

        class Orphan(FlowSpec):
            @retry(times=1)
            @step
            def start(self):
                if not current.retry_count:
                    os.kill(os.getppid(), 9)
                    time.sleep(600)
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert "Task failed: its process was killed by SIGKILL." in done.output


def test_every_shape_runs_foreach_switch_and_recursion_inside_one_another(flows: Run) -> None:
    done = flows(
        """
        from airflow_provider_flows import FlowSpec, step

        class Shapes(FlowSpec):
            @step
            def start(self):
                self.letters = ["a", "b", "c"]
                self.next(self.decide, foreach="letters")

            @step
            def decide(self):
                self.kind = "many" if self.input == "b" else "loop"
                self.next({"many": self.split, "loop": self.again}, condition="kind")

            @step
            def split(self):
                self.numbers = range(2)
                self.next(self.count, foreach="numbers")

            @step
            def count(self):
                self.seen = self.foreach_stack()
                self.next(self.collect)

            @step
            def collect(self, inputs):
                self.found = [each.seen for each in inputs]
                self.next(self.meet)

            @step
            def again(self):
                self.found = getattr(self, "found", 0) + 1
                self.more = self.found < 3
                self.next({True: self.again, False: self.meet}, condition="more")

            @step
            def meet(self):
                self.next(self.join)

            @step
            def join(self, inputs):
                self.found = [each.found for each in inputs]
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert done("end", "found") == [3, [[(1, 3, "b"), (0, 2, 0)], [(1, 3, "b"), (1, 2, 1)]], 3]
    assert {task.id for task in done.run["again"]} == {f"again-{i}.{n}" for i in (0, 2) for n in range(3)}


def test_environment_is_set_before_the_flow_is_imported(flows: Run) -> None:
    done = flows(
        """
        import os
        from airflow_provider_flows import FlowSpec, environment, step

        AT_IMPORT = os.environ.get("COLOUR")

        class Coloured(FlowSpec):
            @environment(vars={"COLOUR": "blue"})
            @step
            def start(self):
                self.colour = AT_IMPORT
                self.next(self.end)

            @step
            def end(self):
                self.later = AT_IMPORT
        """
    )
    assert (done("start", "colour"), done("end", "later")) == ("blue", None)


def test_too_many_splits_fail_the_step_that_makes_them(flows: Run) -> None:
    done = flows(DIVISIONS, "--max-num-splits", "2")
    assert done.code == 1
    assert "'start' splits into 3 items" in done.output


def test_a_timeout_ends_a_step_that_swallows_exceptions(flows: Run) -> None:
    done = flows(
        """
        import time
        from airflow_provider_flows import FlowSpec, catch, step, timeout

        class Slow(FlowSpec):
            @catch(var="failure", print_exception=False)
            @timeout(seconds=1)
            @step
            def start(self):
                while True:
                    try:
                        time.sleep(30)
                    except Exception:
                        pass
                self.next(self.end)

            @step
            def end(self):
                self.kind = self.failure.type
        """
    )
    assert done.code == 0, done.output
    assert done("end", "kind").endswith("TimeoutException")
