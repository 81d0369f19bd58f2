"""What a step leaves: which attributes are artifacts, who sees them, and what cannot be one."""

from __future__ import annotations

import logging
import textwrap
from pathlib import Path

import pytest
from airflow_provider_flows.errors import InputsMissing, UnpicklableArtifact
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import open_store

from tests.flow.sources import flow, two_steps
from tests.support.runner import Run, run_flow


def chain(*bodies: str, before: str = "", members: str = "") -> str:
    """Return a flow of steps start, s1, s2, … with the given bodies, and `end`."""
    names = ["start", *(f"s{number}" for number in range(1, len(bodies))), "end"]
    steps = [
        f"def {name}(self):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n    self.next(self.{after})"
        for name, body, after in zip(names, bodies, names[1:], strict=False)
    ]
    return flow("\n".join([textwrap.dedent(members), *steps, "def end(self): pass"]), before)


def test_an_artifact_that_is_changed_in_place_is_stored_as_changed(tmp_path: Path) -> None:
    run = run_flow(tmp_path, chain("self.v = [1]; self.t = ([1],)", "self.v.append(2); self.t[0].append(2)"))
    assert (run("end", "v"), run("end", "t"), run("start", "v")) == ([1, 2], ([1, 2],), [1])


def test_deleting_an_artifact_shows_the_parents(tmp_path: Path) -> None:
    run = run_flow(tmp_path, chain("self.v = 1", "self.v = 2\ndel self.v\nself.w = self.v"))
    assert (run("end", "v"), run("end", "w")) == (1, 1)


def test_artifacts_go_down_the_flow_untouched(tmp_path: Path) -> None:
    run = run_flow(tmp_path, chain("self.v = object; self._p = 1", "pass", "self.got = (self.v, self._p)"))
    assert run("end", "got") == (object, 1)
    assert run.record("start").artifacts["v"].digest == run.record("end").artifacts["v"].digest


def test_private_names_are_stored_and_two_underscores_are_the_classs_own(tmp_path: Path) -> None:
    run = run_flow(tmp_path, chain("self._v = 1; self.__w = 2", "self.got = (self._v, self.__w, self._F__w)"))
    assert run("end", "got") == (1, 2, 2)
    assert run("end", "_F__w") == 2


def test_nothing_of_a_failed_attempt_is_seen_by_the_next(tmp_path: Path) -> None:
    body = """
    self.seen = hasattr(self, 'left')
    self.left = 1
    if current.retry_count < 1: raise ValueError('again')
    """
    run = run_flow(tmp_path, two_steps(body, start="@retry(times=1, minutes_between_retries=0)"))
    assert (run("end", "seen"), run.attempts["start"]) == (False, 2)


def test_functions_are_not_stored_and_the_log_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "airflow_provider_flows"):
        source = chain("self.f = lambda: 1\nself.g = self.foreach_stack\nself.p = Parameter('p')\nself.b = len", "pass")
        run = run_flow(tmp_path, source)
    assert [record.getMessage() for record in caplog.records] == [
        "Not stored, because functions cannot be artifacts: f, g, p"
    ]
    assert run.artifacts("end") == {"name": "F", "b": len}


def test_an_artifact_that_cannot_be_pickled_is_named_and_the_others_are_stored(tmp_path: Path) -> None:
    run = run_flow(
        tmp_path, two_steps("import threading\nself.a = 1\nself.bad = {'k': [threading.Lock()]}\nself.z = 2")
    )
    assert run.failed and isinstance(run.failed.exception, UnpicklableArtifact)
    assert run.failed.exception.artifact == "bad"
    assert "'bad'" in str(run.failed.exception) and "self.bad['k'][0]" in str(run.failed.exception)
    assert run.artifacts("start") == {"name": "F", "a": 1, "z": 2}


def test_a_steps_own_exception_is_told_before_an_artifact_that_cannot_be_pickled(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("self.bad = (n for n in [])\nraise ValueError('mine')"))
    assert run.failed and str(run.failed.exception) == "mine"


def test_a_process_of_the_fallback_attempt_catches_what_could_not_be_pickled(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("self.good = 1\nself.bad = (n for n in [])", start="@catch(var='oops')"))
    assert run("end", "oops").type.endswith("FailureHandledByCatch")
    assert "good" not in run.artifacts("end")


@pytest.mark.parametrize("value", ["self", "[{'k': self}]", "(self.start,)"])
def test_a_flow_cannot_be_an_artifact(tmp_path: Path, value: str) -> None:
    run = run_flow(tmp_path, two_steps(f"self.v = {value}"))
    assert run.failed and "'v'" in str(run.failed.exception)
    assert "Flows can't be serialized" in str(run.failed.exception)


@pytest.mark.parametrize("value", ["inputs", "inputs[0]", "list(inputs)", "{'k': inputs.a}"])
def test_a_joins_inputs_cannot_be_artifacts(tmp_path: Path, value: str) -> None:
    body = f"""
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.join)
def b(self): self.next(self.join)
def join(self, inputs):
    self.v = {value}
    self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body))
    assert run.failed and "'v'" in str(run.failed.exception)
    assert "Flows can't be serialized" in str(run.failed.exception)


CONSTANTS = """
items = [1]
class Inner:
    pass
kind = Inner
def helper(self, n): return n + 1
@staticmethod
def tool(n): return n + 2
@property
def computed(self): return len(self.items)
_hidden = 'class'
"""


def test_constants_are_stored_and_helpers_work(tmp_path: Path) -> None:
    body = "self.got = (self.items, self.helper(1), self.tool(1), self.computed, self._hidden, self.kind.__name__)"
    source = chain(
        "pass",
        body,
        members=CONSTANTS.replace("def helper", "helper = lambda self, n: n + 1\ndef _h").replace(
            "def _h(self, n): return n + 1\n", ""
        ),
    )
    run = run_flow(tmp_path, source)
    assert run("end", "got") == ([1], 2, 3, 1, "class", "Inner")
    assert set(run.artifacts("end")) == {"name", "items", "got"}


@pytest.mark.parametrize("name", ["items", "p", "name"])
def test_what_belongs_to_the_flow_cannot_be_set_by_a_step(tmp_path: Path, name: str) -> None:
    run = run_flow(tmp_path, chain(f"self.{name} = 5", members="items = [1]\np = Parameter('p')"))
    assert run.failed and isinstance(run.failed.exception, AttributeError)
    assert f"self.{name} cannot be set: " in str(run.failed.exception)


def test_a_constant_that_is_changed_in_place_is_itself_again_in_the_next_step(tmp_path: Path) -> None:
    run = run_flow(
        tmp_path,
        chain("self.items.append(2); self.got = self.items[:]", "self.then = self.items", members="items = [1]"),
    )
    assert (run("end", "got"), run("end", "then"), run("end", "items")) == ([1, 2], [1], [1])


def test_a_parameter_under_a_private_name_is_none(tmp_path: Path) -> None:
    run = run_flow(tmp_path, chain("self.got = type(self._p).__name__", members="_p = Parameter('p', default=1)"))
    assert run("end", "got") == "Parameter"
    assert "_p" not in run.record("end").artifacts


def test_a_nested_class_breaks_nothing(tmp_path: Path) -> None:
    members = "class E(Exception): pass\nclass Item:\n    def __init__(self, n): self.n = n"
    run = run_flow(tmp_path, chain("self.v = F.Item(3)", "self.n = self.v.n", members=members))
    assert run("end", "n") == 3


def test_a_flow_says_what_it_is(tmp_path: Path) -> None:
    body = """
    self.shown = str(self)
    self.steps = [(s.name, s.is_step) for s in self]
    self.file = self.script_name
    self.called = self.name
    self.typed = type(self.foreach_stack()).__name__
    """
    run = run_flow(tmp_path, two_steps(body))
    assert run("end", "shown") == "<flow F step start>"
    assert run("end", "steps") == [("end", True), ("start", True)]
    assert run("end", "file").startswith("flow") and run("end", "file").endswith(".py")
    assert (run("end", "called"), run("end", "name")) == ("F", "F")


def test_bases_lend_steps_parameters_and_constants(tmp_path: Path) -> None:
    before = """
    class Base(FlowSpec):
        p = Parameter('p', default=1)
        q = Parameter('q', default=2)
        c = 'base'
        @step
        def start(self): self.next(self.end)
        @step
        def end(self): self.got = (self.p, getattr(self, 'q', None), self.c, super().__str__())
    """
    source = flow("c = 'own'\nq = None\nextra = Parameter('extra', default=3)", before).replace("(FlowSpec)", "(Base)")
    run = run_flow(tmp_path, source.replace("class Base(Base)", "class Base(FlowSpec)"))
    assert run("end", "got") == (1, None, "own", "<flow F step end>")
    assert run("end", "extra") == 3


def test_objects_of_classes_in_the_flow_file_go_from_step_to_step(tmp_path: Path) -> None:
    before = """
    import dataclasses, enum
    @dataclasses.dataclass
    class Point:
        x: int
    class Colour(enum.Enum):
        RED = 1
    """
    run = run_flow(
        tmp_path, chain("self.v = [Point(1), Colour.RED]", "self.ok = self.v == [Point(1), Colour.RED]", before=before)
    )
    assert run("end", "ok") is True


@pytest.mark.parametrize(
    "error",
    [
        "class Rude(Exception):\n    def __str__(self): raise ValueError('no words')",
        "class Rude(Exception):\n    def __str__(self): return None",
        "class Rude(Exception):\n    def __str__(self): return 'half \\ud800 a pair, \\0'",
        "class Rude(Exception):\n    def __repr__(self): raise ValueError('no words')",
        "class Rude(Exception):\n    def __str__(self): return 'x' * 5_000_000",
        "class Rude(Exception):\n    def __init__(self): self.__cause__ = self",
        "class Rude(Exception):\n    def __reduce__(self): raise ValueError('no pickle')",
        "class Rude(Exception):\n    def __bool__(self): return False",
    ],
)
@pytest.mark.parametrize("caught", ["", "@catch(var='oops')"])
def test_however_rude_an_exception_is_the_attempt_leaves_a_record(tmp_path: Path, error: str, caught: str) -> None:
    run = run_flow(tmp_path, two_steps("raise Rude()", before=error, start=caught))
    assert run.record("start").outcome == ("caught" if caught else "failed")
    assert run.record("start").exception["type"].endswith(".Rude")
    if caught:
        assert run("end", "oops").type.endswith(".Rude")


@pytest.mark.parametrize("call", ["sys.exit(0)", "sys.exit('why')", "raise KeyboardInterrupt"])
def test_an_early_end_of_the_process_leaves_a_record_too(tmp_path: Path, call: str) -> None:
    with pytest.raises((InputsMissing, KeyboardInterrupt)):
        run_flow(tmp_path, two_steps(f"self.v = 1\nimport sys\n{call}"))
    record = open_store(str(tmp_path / "store")).read_newest(TaskAddress("F", "run", "start", "start"))
    assert record is not None and record.outcome == "failed" and set(record.artifacts) == {"name", "v"}


def test_a_run_leaves_the_same_whatever_was_run_before(tmp_path: Path) -> None:
    def once(folder: str) -> Run:
        (tmp_path / folder).mkdir()
        return run_flow(tmp_path / folder, chain("self.v = [1]", "self.v.append(self.items)", members="items = [1]"))

    first, second = once("a"), once("b")
    assert first.artifacts("end") == second.artifacts("end")
    assert first.record("end").artifacts["v"].digest == second.record("end").artifacts["v"].digest
