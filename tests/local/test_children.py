"""Invariants of child processes that start from nothing: they find the flow's file, and `metaflow`, as a fork does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.conftest import Finished

Run = Callable[..., Finished]

SPAWNS = """
    import multiprocessing, os, subprocess, sys, threading
    from concurrent.futures import ProcessPoolExecutor
    from metaflow import FlowSpec, step
    import helper

    open("imported", "a").write("x")

    class Point:
        def __init__(self, x):
            self.x = x

        def __eq__(self, other):
            return isinstance(other, Point) and self.x == other.x

    def doubled(point):
        import json
        from metaflow import current
        from metaflow.exception import MetaflowException
        assert helper.NAME and json.dumps([1]) and not current.is_running_flow and MetaflowException
        return Point(point.x * 2)

    class Spawns(FlowSpec):
        @step
        def start(self):
            self.points = {}
            for method in ("spawn", "forkserver"):
                with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
                    self.points[method] = pool.submit(doubled, Point(4)).result(timeout=60)
            self.next(self.end)

        @step
        def end(self):
            assert self.points == {"spawn": Point(8), "forkserver": Point(8)}
"""


@pytest.mark.parametrize("name", ["a_flow", "my-flow", "json", "queue", "click", "metaflow", "v1.2", "größe"])
def test_what_a_flows_file_defines_goes_to_children_and_back(flows: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "helper.py").write_text("NAME = 1")
    done = flows(SPAWNS, name=name)
    assert done.code == 0, done.output
    assert (tmp_path / "imported").read_text() == "x" * 5, "the launcher, two attempts and two children import it once"


def test_the_main_program_of_a_step_is_its_flow(flows: Run) -> None:
    done = flows(
        """
        import timeit
        from metaflow import FlowSpec, step

        def answers():
            return 42

        class Main(FlowSpec):
            @step
            def start(self):
                from __main__ import answers
                self.answer = answers()
                timeit.timeit("answers()", "from __main__ import answers", number=1)
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert done("start", "answer") == 42


def test_other_programs_keep_their_own_metaflow(flows: Run, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "metaflow.py").write_text("WHOSE = 'theirs'")
    done = flows(
        f"""
        import os, subprocess, sys
        from metaflow import FlowSpec, step

        class Starts(FlowSpec):
            @step
            def start(self):
                code = "import metaflow; print(metaflow.WHOSE)"
                env = {{**os.environ, "PYTHONPATH": {str(tmp_path / "theirs")!r}}}
                self.whose = subprocess.check_output([sys.executable, "-c", code], env=env, text=True)
                # Somebody may give our own path to a Python that does not have this package.
                env["PYTHONPATH"] = os.pathsep.join([*sys.path, env["PYTHONPATH"]])
                command = [{getattr(sys, "_base_executable", sys.executable)!r}, "-S", "-c", code]
                env["PYTHONPATH"] = os.pathsep.join(
                    path for path in env["PYTHONPATH"].split(os.pathsep)
                    if not os.path.exists(os.path.join(path, "airflow_provider_flows"))
                )
                self.also = subprocess.check_output(command, env=env, text=True)
                self.next(self.end)

            @step
            def end(self):
                pass
        """
    )
    assert done.code == 0, done.output
    assert (done("start", "whose"), done("start", "also")) == ("theirs\n", "theirs\n")
