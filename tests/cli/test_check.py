"""Invariants of `check`: all that can be known of a flow before it runs is said at once, with its line."""

from __future__ import annotations

from tests.cli.laptop import Laptop
from tests.flow.sources import HEAD, flow, two_steps

BODY = f"""{HEAD}from airflow_provider_flows import slurm, trigger
class F(FlowSpec):
    tag = Parameter("tag")
    number = Parameter("number", separator=",", type=int)

    @retry(tmes=1)
    @slurm
    @step
    def start(self):
        self.next(self.end)

    @resources(cpu=1)
    @resources(cpu=2)
    @step
    def end(self):
        pass

@trigger(event="x")
class G:
    pass
"""
GRAPH = """
name = Parameter("other")
c = Config("c", required=True)
@retry(times=9)
@step
def start(self): self.next(self.nd)
def end(self): pass
"""


def lines(said: str, *words: str) -> list[int]:
    """Return the lines of the flow that a message names, which holds all of these words."""
    assert [word for word in words if word not in said] == []
    return [int(line.split(":")[1]) for line in said.splitlines() if line.split(":")[0].endswith("a_flow.py")]


def test_all_that_is_wrong_with_a_class_body_is_said_at_once(laptop: Laptop) -> None:
    said = laptop.write(BODY)("check")
    words = (
        "'tag' cannot be",
        "Separator",
        "'tmes'. Did you mean 'times'?",
        "@slurm is not",
        "twice",
        "@trigger is not",
    )
    assert said.code == 2 and sorted(lines(said.err, *words)) == [4, 5, 7, 8, 13, 19]


def test_graph_decorators_parameters_and_configurations_are_checked_together(laptop: Laptop) -> None:
    said = laptop.write(flow(GRAPH))("check")
    words = ("hides what every flow has", "unknown step, 'nd'", "missing configuration for 'c'")
    assert said.code == 2 and set(lines(said.err, *words)) >= {7, 11}
    assert "retries 9 times" in laptop("check", "--config-value", "c", "{}").err


def test_a_default_that_cannot_be_made_is_said(laptop: Laptop) -> None:
    body = """
a = Parameter("a", default=lambda context: 1)
b = Parameter("b", default=lambda context: 1 / 0)
def start(self): pass
"""
    said = laptop.write(flow(body))("check")
    assert said.code == 2 and lines(said.err, "returned int", "ZeroDivisionError") == [7, 8]


def test_a_good_flow_is_said_to_be_good_unless_nobody_wants_to_know(laptop: Laptop) -> None:
    laptop.write(two_steps("pass"))
    assert (laptop("check").words, laptop("check", "--quiet").err) == ("The graph looks good!", "")


PRINTS_MODULES = """
import atexit, sys
from metaflow import FlowSpec, step
atexit.register(lambda: print(*sys.modules))
class F(FlowSpec):
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
"""


def test_a_check_imports_nothing_heavy(laptop: Laptop) -> None:
    laptop.write(PRINTS_MODULES)
    loaded = set(laptop("check").err.split())
    heavy = {"airflow", "numpy", "pandas", "fsspec", "rich", "jinja2", "zstandard", "asyncio"}
    not_for_a_check = {"importlib.resources", "multiprocessing", "shutil", "socket", "subprocess", "tempfile"}
    assert {name.partition(".")[0] for name in loaded} & heavy == set()
    assert loaded & not_for_a_check == set()
