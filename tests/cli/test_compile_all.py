"""`flows-compile` of several flows and of folders: what is taken, what is written, what is told of all of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.support import compile_
from tests.flow.sources import two_steps

STARTED = "if __name__ == '__main__':\n    F()\n"


def named(name: str, body: str = "pass", before: str = "") -> str:
    return two_steps(body, before).replace("class F(", f"class {name}(")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with three flows in `flows/`, one of them further down, beside what is none; and an empty `dags/`."""
    ran = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    write(tmp_path, "flows/a.py", named("A"))
    write(tmp_path, "flows/b.py", named("B"))
    write(tmp_path, "flows/deep/c.py", named("C"))
    for other in (
        "script.py",
        "test_a.py",
        ".hidden.py",
        ".venv/d.py",
        "env/lib/e.py",
        "__pycache__/f.py",
        "notes.txt",
    ):
        write(tmp_path, f"flows/{other}", ran)
    write(tmp_path, "flows/env/pyvenv.cfg", "")
    write(tmp_path, "flows/.hidden_flow.py", named("H"))
    (tmp_path / "dags").mkdir()
    yield tmp_path
    assert not (tmp_path / "ran").exists()


def write(place: Path, name: str, text: str) -> Path:
    file = place / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def run(place: Path, *arguments: str, code: int = 0) -> CompletedProcess[str]:
    done = compile_(*arguments, cwd=place)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done


def dags(place: Path) -> list[str]:
    return sorted(file.name for file in (place / "dags").iterdir())


def test_a_folder_means_the_flow_files_in_it(place: Path) -> None:
    done = run(place, "flows/", "-o", "dags/")
    assert dags(place) == ["a.py", "b.py", "c.py"] and done.stdout == ""
    assert "dags/c.py: DAG C, " in done.stderr and done.stderr.count(", 2 tasks.\n") == 3
    run(place, "flows", "flows/a.py", "-o", "dags", "--check")


def test_what_is_written_is_told_with_what_to_do_next(place: Path) -> None:
    done = run(place, "flows/a.py", "-o", "dags/x.py")
    told, then = done.stderr.splitlines()[-2:]
    size = (place / "dags/x.py").stat().st_size
    assert told == f"dags/x.py: DAG A, {size} B, 2 tasks."
    assert "[dag_processor] refresh_interval (5 minutes by default)" in then and "airflow dags reserialize" in then
    quiet = compile_("flows/a.py", "--quiet", "compile", "-o", "dags/x.py", cwd=place, module="cli")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_each_flow_is_compiled_as_if_it_were_alone(place: Path) -> None:
    """Two folders have a module of the same name, and one flow changes what others would see."""
    for name in ("one", "two"):
        flow = named(
            name.title(), before=f"from helper import X\nimport sys\nsys.path.insert(0, {name!r})\nassert X == {name!r}"
        )
        write(place, f"more/{name}/{name}.py", flow)
        write(place, f"more/{name}/helper.py", f"X = {name!r}\n")
    run(place, "more/", "-o", "dags/")
    for name in ("one", "two"):
        assert (place / f"dags/{name}.py").read_text() == run(place, f"more/{name}/{name}.py").stdout


def test_check_looks_at_all_of_them(place: Path) -> None:
    run(place, "flows/", "-o", "dags/")
    (place / "dags/a.py").write_text("old")
    (place / "dags/c.py").unlink()
    done = run(place, "flows/", "-o", "dags/", "--check", code=1)
    assert "--- dags/a.py\n" in done.stdout and "--- dags/c.py\n" in done.stdout and "dags/b.py" not in done.stdout
    assert "2 of 3 DAG files are out of date." in done.stderr and dags(place) == ["a.py", "b.py"]
    write(place, "flows/b.py", "from metaflow import FlowSpec\nclass")
    done = run(place, "flows/", "-o", "dags/", "--check", code=2)
    assert "flows/b.py:2: " in done.stderr and "--- dags/a.py\n" in done.stdout


def test_files_behind_check_are_flows_where_o_says_what_to_compare_with(place: Path) -> None:
    """As pre-commit calls it, which puts the files at the end."""
    run(place, "flows/", "-o", "dags/")
    (place / "dags/b.py").unlink()
    assert "--- dags/b.py" in run(place, "-o", "dags/", "--check", "flows/a.py", "flows/b.py", code=1).stdout
    run(place, "flows/a.py", "-o", "dags/a.py", "--check")
    run(place, "flows/a.py", "--check", "dags/a.py")
    assert run(place, "flows/a.py", "--check", "dags/").stdout == ""


def test_nothing_is_written_when_one_is_wrong_and_all_is_told(place: Path) -> None:
    write(place, "flows/a.py", named("A", before="import no_such_module"))
    write(place, "flows/b.py", named("B").replace("self.next(self.end)", "pass"))
    said = run(place, "flows/", "nope.py", "-o", "dags/", code=2).stderr
    assert "flows/a.py:3: " in said and "flows/b.py:" in said and "nope.py: there is no such file" in said
    assert dags(place) == []


def test_nothing_is_written_when_one_may_not_be_replaced(place: Path) -> None:
    write(place, "dags/c.py", "mine")
    assert "dags/c.py: this file was not written by" in run(place, "flows/", "-o", "dags/", code=2).stderr
    assert dags(place) == ["c.py"]
    assert "flows/a.py: this is a file of the flow itself" in run(place, "flows/", "-o", "flows/", code=2).stderr
    run(place, "flows/", "-o", "flows/", "--check", code=2)


def test_two_flows_never_become_one_dag(place: Path) -> None:
    other = write(place, "flows/deep/a.py", named("Other"))
    said = run(place, "flows/", "-o", "dags/", code=2).stderr
    assert "flows/a.py and flows/deep/a.py: the DAGs of both would be dags/a.py" in said
    other.rename(place / "flows/deep/x.py").write_text(named("A"))
    assert "flows/a.py and flows/deep/x.py: both are the DAG A," in run(place, "flows/", "-o", "dags/", code=2).stderr
    assert dags(place) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["flows"], "Say with -o which folder"),
        (["flows", "-o", "-"], "Say with -o which folder"),
        (["flows/a.py", "flows/b.py", "-o", "new.py"], "new.py: the folder does not exist"),
        (["flows/a.py", "-o", "new/"], "new/: the folder does not exist"),
        (["flows", "-o", "dags", "--dag-id", "x"], "--dag-id is for one flow"),
        (["flows/a.py", "--check"], "Say what --check compares with"),
        (["flows/a.py", "-o", "-", "--check"], "Say what --check compares with"),
        (["flows/env", "-o", "dags"], "flows/env: there is no flow in this folder"),
        (["flows/script.py", "flows/a.py", "-o", "dags"], "script.py: there is no flow in it"),
        (["-o", "dags"], "Name the flow's file, or a folder"),
        (["--check"], "Name the flow's file, or a folder"),
    ],
)
def test_what_cannot_be_meant_is_told(place: Path, arguments: list[str], words: str) -> None:
    done = run(place, *arguments, code=2)
    assert words in done.stderr and (done.stdout, dags(place)) == ("", [])
    (place / "ran").unlink(missing_ok=True)  # a file that is named is imported


def test_a_flow_that_another_file_starts_is_compiled_once(place: Path) -> None:
    write(place, "more/lib/steps.py", named("F") + "class NoSteps(FlowSpec): pass\n")
    write(place, "more/train.py", "from lib.steps import F\n" + STARTED)
    write(
        place,
        "more/base.py",
        "from metaflow import FlowSpec, Parameter\nclass Base(FlowSpec):\n    p = Parameter('p')\n",
    )
    write(
        place,
        "more/own.py",
        named("Own").replace("(FlowSpec)", "(Base)").replace("import *", "import *\nfrom base import Base"),
    )
    write(place, "more/child.py", "from own import Own\nclass Child(Own): pass\n")
    write(
        place,
        "more/factory.py",
        "def make():\n" + textwrap.indent(named("Made"), "    ").replace("import *", "import FlowSpec, step"),
    )
    run(place, "more", "-o", "dags")
    assert dags(place) == ["child.py", "own.py", "train.py"]


def test_explain_shows_each_flow(place: Path) -> None:
    assert run(place, "flows", "--explain").stdout.count("Airflow task") == 3
