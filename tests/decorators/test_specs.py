"""Decorators as strings: how they are read, found and attached, and what is said where that fails."""

from __future__ import annotations

import textwrap
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.decorators.specs import parse_spec
from airflow_provider_flows.errors import FlowsError

from tests.flow.sources import two_steps
from tests.support.options import compile_options
from tests.support.runner import run_flow, write_flow

DECO = """
from metaflow import user_step_decorator

@user_step_decorator
def note(step_name, flow, inputs=None, attributes=None):
    flow.noted = attributes
    yield
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the module `helpers/notes.py`, which holds the decorator `note`."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "notes.py").write_text(DECO)
    return tmp_path


def attached(folder: Path, above: str, specs: tuple[str, ...], before: str = "") -> list[str]:
    """Return the decorators that the first step has, as text."""
    run = run_flow(folder, two_steps("pass", before, above), specs=specs)
    step = run.runtime.step("start")
    return [repr(each) for each in (*step.decorators, *step.wrappers)]


def rejection(folder: Path, *specs: str, before: str = "") -> str:
    with pytest.raises(FlowsError) as error:
        attached(folder, "", specs, before)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "name", "attributes"),
    [
        ("retry", "retry", {}),
        ("retry:", "retry", {}),
        (" retry : times = 2 ", "retry", {"times": 2}),
        ("d:a=1,b=x y,c=1.5,d=.5,e=true,f=null", "d", {"a": 1, "b": "x y", "c": 1.5, "d": 0.5, "e": True, "f": None}),
        ("d:a=x,y,b=1", "d", {"a": "x,y", "b": 1}),
        ("d:a=http://host:80/?q=1", "d", {"a": "http://host:80/?q=1"}),
        ('d:a={"k": [1, 2]},b=[]', "d", {"a": {"k": [1, 2]}, "b": []}),
        ('d:a={\\"k\\": 1}', "d", {"a": {"k": 1}}),
        ("d:a=01,b=1_000,c=-3", "d", {"a": 1, "b": 1000, "c": -3}),
        ("d:a=", "d", {"a": ""}),
        ('d:a="1"', "d", {"a": "1"}),
    ],
)
def test_a_value_is_json_or_a_number_or_text(text: str, name: str, attributes: dict[str, Any]) -> None:
    assert parse_spec(text) == (name, attributes)


def test_a_module_beside_the_flow_is_imported_where_it_is_needed(folder: Path) -> None:
    run = run_flow(folder, two_steps("pass"), specs=("helpers.notes.note:a=1",))
    assert run("start", "noted") == {"a": 1} == run("end", "noted")


def test_a_compiled_flow_carries_the_module_and_the_string(folder: Path) -> None:
    found = compile_flow(compile_options(write_flow(folder, two_steps("pass")), decorators=("helpers.notes.note:a=1",)))
    assert "helpers/notes.py" in found.plan.flow.sources
    assert dict(found.plan.flow.arguments)["decorators"] == ["helpers.notes.note:a=1"]


@pytest.mark.parametrize("name", ["note", "notes.note", "helpers.notes.note"])
def test_what_is_imported_is_found_by_any_end_of_its_name(folder: Path, name: str) -> None:
    assert attached(folder, "", (name,), "import helpers.notes") == ["note"]


def test_the_end_of_a_name_must_be_the_only_one(folder: Path) -> None:
    (folder / "helpers" / "more.py").write_text(DECO)
    message = rejection(folder, "note", before="import helpers.notes, helpers.more")
    assert "'note' could be any of helpers.more.note, helpers.notes.note. Write its full name." in message


def test_another_flows_decorators_are_forgotten_with_its_folder(folder: Path) -> None:
    assert attached(folder, "", ("note",), "import helpers.notes") == ["note"]
    other = Path(mkdtemp(dir=folder.parent))
    assert "unknown decorator 'note'" in rejection(other, "note")


@pytest.mark.parametrize(
    ("above", "specs", "environment", "wins"),
    [
        ("@retry(times=1)", ("retry:times=2",), "retry:times=3", "retry:times=1"),
        ("", ("retry:times=2", "retry:times=4"), "retry:times=3", "retry:times=2"),
        ("", (), " retry:times=3  retry:times=4 ", "retry:times=3"),
    ],
)
def test_what_is_written_wins_over_the_command_line_and_that_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: str, specs: tuple[str, ...], environment: str, wins: str
) -> None:
    monkeypatch.setenv("FLOWS_DECOSPECS", environment)
    found = compile_flow(compile_options(write_flow(tmp_path, two_steps("pass", start=above)), decorators=specs))
    monkeypatch.delenv("FLOWS_DECOSPECS")
    (task, *_) = found.plan.blocks
    assert dict(getattr(task, "arguments"))["retries"] == int(wins[-1])  # noqa: B009
    kept = dict(found.plan.flow.arguments)["decorators"]
    assert attached(tmp_path, above, tuple(kept)) == [wins], "what was in the environment is frozen into the DAG"


def test_strings_are_for_all_steps_and_keep_to_their_order(folder: Path) -> None:
    run = run_flow(folder, two_steps("pass"), specs=("timeout:seconds=5", "retry"))
    assert [repr(each) for each in run.runtime.step("end").decorators] == ["timeout:seconds=5", "retry"]


def test_a_custom_decorator_that_a_step_has_is_not_attached_twice(folder: Path) -> None:
    assert attached(folder, "@note(a=1)", ("note:a=2",), "from helpers.notes import note") == ["note(a=1)"]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("retry:times", "--with 'retry:times': 'times' at position 6 is not an attribute; write name=value."),
        ("retry:retry", "'retry' at position 6"),
        ("retry:=2", "'=2' at position 6 is not an attribute"),
        (
            "retry:tmes=2",
            "--with 'retry:tmes=2': Decorator 'retry' does not support the attribute 'tmes'. Did",
        ),
        ("rety", "--with 'rety': unknown decorator 'rety'. Did you mean 'retry'? These are supported: batch, card"),
        ("helpers.notes.not", "--with 'helpers.notes.not': unknown decorator 'helpers.notes.not'. Did you mean 'help"),
        ("helpers.nots.note", "could not import the decorator 'helpers.nots.note': ModuleNotFoundError"),
        ("helpers.broken.note", "could not import the decorator 'helpers.broken.note': ZeroDivisionError: division by"),
        ("helpers.bad.note", "could not import the decorator 'helpers.bad.note': SyntaxError"),
        ("helpers.notes.user_step_decorator", "unknown decorator 'helpers.notes.user_step_decorator'"),
        ("slurm", "--with 'slurm': @slurm is not supported here."),
        ("project:name=x", "--with 'project:name=x': 'project' is a decorator of flows."),
        ("StepMutator", "unknown decorator 'StepMutator'"),
        (":times=2", "unknown decorator ''"),
        ("", "unknown decorator ''"),
    ],
)
def test_what_cannot_be_attached_is_named_with_its_string(folder: Path, spec: str, words: str) -> None:
    (folder / "helpers" / "broken.py").write_text("1 / 0")
    (folder / "helpers" / "bad.py").write_text("def")
    message = rejection(folder, spec)
    assert words in message


def test_a_mutator_of_flows_is_not_for_steps(tmp_path: Path) -> None:
    before = textwrap.dedent("class M(FlowMutator): pass\n")
    assert "--with 'M': 'M' is a decorator of flows." in rejection(tmp_path, "M", before=before)
