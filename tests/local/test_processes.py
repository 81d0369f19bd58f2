"""An attempt is a process as though it had started from nothing, and ends as Python does."""

from __future__ import annotations

from collections.abc import Callable

from tests.local.conftest import Finished

Run = Callable[..., Finished]

MODULE_STATE = """
    import atexit
    import sys
    import threading
    import time

    import numpy
    from concurrent.futures import ThreadPoolExecutor

    from airflow_provider_flows import FlowSpec, current, retry, step

    generator = numpy.random.default_rng()
    pool = ThreadPoolExecutor(1)
    pool.submit(print).result()

    class Leaves(FlowSpec):
        @step
        def start(self):
            self.arguments = sys.argv
            self.answer = pool.submit(lambda: 42).result(timeout=10)
            self.items = list(range(3))
            self.next(self.draw, foreach="items")

        @retry(times=1)
        @step
        def draw(self):
            print(numpy.random.rand(), generator.random())
            self.numbers = numpy.random.rand(), generator.random()
            if not current.retry_count and self.input == 0:
                raise ValueError("once more")
            self.next(self.join)

        @step
        def join(self, inputs):
            self.numbers = [number for each in inputs for number in each.numbers]
            self.next(self.end)

        @step
        def end(self):
            atexit.register(print, "what was registered")
            threading.Thread(target=lambda: (time.sleep(0.2), print("what a thread does"))).start()
"""


def test_what_a_flows_module_holds_belongs_to_one_attempt(flows: Run) -> None:
    done = flows(MODULE_STATE)
    assert done.code == 0, done.output
    assert done("start", "answer") == 42, "a pool of threads works"
    assert len(set(done("join", "numbers"))) == 6, "no two tasks draw the same numbers"
    again = done.run["draw"]["task-0"]
    assert again.current_attempt == 1
    assert [name.rpartition("/")[2] for name in done("start", "arguments")] == ["a_flow.py"]


def test_an_attempt_waits_for_its_threads_and_runs_what_was_registered(flows: Run) -> None:
    assert flows(MODULE_STATE).run["end"].task.stdout.endswith("what a thread does\nwhat was registered\n")


def test_the_words_of_sys_exit_are_in_the_log(flows: Run) -> None:
    done = flows(
        """
        import sys

        from airflow_provider_flows import FlowSpec, step

        class Exits(FlowSpec):
            @step
            def start(self):
                self.next(self.end)

            @step
            def end(self):
                sys.exit("enough for today")
        """
    )
    assert done.code == 1
    assert "enough for today\n" in done.run["end"].task.stderr
