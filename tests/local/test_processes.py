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
    again = done.run["draw"]["draw-0"]
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


EIGHT_DIE = """
    import os, time
    from airflow_provider_flows import FlowSpec, step

    class Eight(FlowSpec):
        @step
        def start(self):
            self.items = list(range(8))
            self.next(self.dies, foreach="items")

        @step
        def dies(self):
            print("last words")
            open(f"{self.input}.here", "w").close()
            while sum(name.endswith(".here") for name in os.listdir()) < 8:
                time.sleep(0.01)
            os._exit(3)
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            pass
"""


def test_attempts_that_die_at_the_same_moment_are_all_told_of(flows: Run) -> None:
    done = flows(EIGHT_DIE)
    assert done.output.count("Task failed: its process ended with exit code 3.") == 8
    assert [task.stdout for task in done.run["dies"]] == ["last words\n"] * 8


def test_an_attempt_that_leaves_nothing_and_says_nothing_is_there_for_the_client(flows: Run) -> None:
    done = flows(EIGHT_DIE.replace('print("last words")', "pass"))
    tasks = list(done.run["dies"])
    assert len(tasks) == 8 and not any(task.finished or task.stdout for task in tasks)


def test_a_log_that_cannot_be_kept_is_said_and_harms_nothing(flows: Run) -> None:
    done = flows(
        """
        import os
        from airflow_provider_flows import FlowSpec, current, step

        class Talks(FlowSpec):
            @step
            def start(self):
                os.makedirs(f"store/Talks/runs/{current.run_id}/start/start/0.log/in the way")
                print("words")
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert "/start/start (pid " in done.output and "The log of this task could not be kept: " in done.output
