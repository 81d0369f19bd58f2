"""A decorator around `@pypi(packages={'duckdb': …})`, with duckdb in the environment of that step alone."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tests.cli.laptop import Laptop

MEMOIZE = """
from metaflow import Flow, user_step_decorator, current


@user_step_decorator
def memoize(step_name, flow, inputs=None, attributes=None):
    artifact = attributes["artifact"]
    reset = attributes.get("reset")
    if reset and getattr(flow, reset, False):
        print("memoized results disabled - running the step")
        yield
    else:
        try:
            run = Flow(current.flow_name).latest_successful_run
            previous_value = run[step_name].task[artifact].data
        except Exception:
            print("previous results not found - running the step")
            yield
        else:
            print("reusing results from a previous run")
            setattr(flow, artifact, previous_value)
            yield {}
"""
FLOW = """
from metaflow import FlowSpec, step, Parameter, pypi

from memoize import memoize


class F(FlowSpec):
    reset = Parameter('reset', default=False, is_flag=True)
    url = Parameter('url', required=True)

    @step
    def start(self):
        self.next(self.compute_fare)

    @memoize(artifact='total_fare', reset='reset')
    @pypi(packages={'duckdb': '1.3.2'})
    @step
    def compute_fare(self):
        import duckdb
        SQL = f"SELECT SUM(fare_amount) AS total_fare FROM '{self.url}'"
        self.total_fare = duckdb.query(SQL).fetchone()[0]
        self.next(self.end)

    @step
    def end(self):
        print(f"Total taxi fares: ${self.total_fare}")


if __name__ == '__main__':
    F()
"""


def test_a_result_is_computed_once_and_then_reused(tmp_path: Path, cache: Path) -> None:
    assert importlib.util.find_spec("duckdb") is None, "duckdb belongs to the step's environment alone"
    laptop = Laptop(tmp_path).write(FLOW)
    (tmp_path / "memoize.py").write_text(MEMOIZE)
    (tmp_path / "trips.csv").write_text("fare_amount\n10.5\n31.5\n")
    url = ("--url", str(tmp_path / "trips.csv"))
    runs = [laptop.run(*url, *more, FLOWS_ENVIRONMENT_CACHE=str(cache)) for more in ((), (), ("--reset",))]
    assert [run("end", "total_fare") for run in runs] == [42.0, 42.0, 42.0]
    for run, said in zip(runs, ("not found", "reusing", "disabled"), strict=True):
        assert said in run.said.out
