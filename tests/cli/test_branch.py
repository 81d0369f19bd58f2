"""What is compiled of a flow with `@project` does not depend on who compiles it, or says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import compile_
from tests.flow.sources import HEAD, two_steps

PROJECT = two_steps("pass").replace(HEAD, f"{HEAD}@project(name='shop')\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dags").mkdir()
    (tmp_path / "my_flow.py").write_text(PROJECT.replace("\n\nclass", "\nclass"))
    return tmp_path


def run(folder: Path, *options: str, user: str = "alice"):
    return compile_("my_flow.py", *options, cwd=folder, FLOWS_USER=user)


@pytest.mark.parametrize("options", [(), ("--branch", "ci"), ("--production",), ("--production", "--branch", "blue")])
@pytest.mark.parametrize("user", ["alice", "runner"])
def test_check_finds_the_same_whoever_checks(folder: Path, options: tuple[str, ...], user: str) -> None:
    assert run(folder, *options, "-o", "dags/flow.py").returncode == 0
    checked = run(folder, *options, "--check", "dags/flow.py", user=user)
    assert (checked.returncode, checked.stdout) == (0, "")
    flow = folder / "my_flow.py"
    flow.write_text(flow.read_text().replace("pass", "print(1)"))
    checked = run(folder, *options, "--check", "dags/flow.py", user=user)
    assert checked.returncode == 1 and "runner" not in checked.stdout


def test_check_of_a_folder_finds_the_same_whoever_checks(folder: Path) -> None:
    assert run(folder, "-o", "dags/").returncode == 0
    checked = run(folder, "-o", "dags/", "--check", user="runner")
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("options", ["--branch ci", "--production", "--production --branch blue"])
def test_check_without_the_branch_of_the_file_says_what_to_type(folder: Path, options: str) -> None:
    run(folder, *options.split(), "-o", "dags/flow.py")
    checked = run(folder, "--check", "dags/flow.py", user="runner")
    assert checked.returncode == 2 and checked.stdout == ""
    assert f"it was compiled with {options}, and" in checked.stderr
    assert f"Give {options} with --check as well." in checked.stderr


def test_check_with_another_branch_shows_the_difference(folder: Path) -> None:
    run(folder, "-o", "dags/flow.py")
    checked = run(folder, "--production", "--check", "dags/flow.py", user="runner")
    assert checked.returncode == 1 and '+    dag_id="shop.prod.F",' in checked.stdout


@pytest.mark.parametrize("arguments", ["", "    options={broken\n", "    options=broken,\n", "    'F',\n"])
def test_check_of_what_no_compile_wrote_shows_the_difference(folder: Path, arguments: str) -> None:
    (folder / "dags" / "flow.py").write_text(f"FLOW = compiled_flow(\n{arguments})\n")
    assert run(folder, "--check", "dags/flow.py").returncode == 1


def test_a_file_in_somebodys_history_is_written_with_a_warning(folder: Path) -> None:
    assert "by your name" not in run(folder, "-o", "dags/flow.py").stderr
    (folder / ".git").mkdir()
    warned = run(folder, "-o", "dags/flow.py")
    assert warned.returncode == 0 and (folder / "dags" / "flow.py").exists()
    assert warned.stderr.startswith(
        "my_flow.py: the DAG in dags/flow.py is that of the branch user.alice, by your name, and others who compile "
        "the flow get another one. Give --branch NAME or --production to say which it is.\n"
    )
    assert run(folder).stderr == ""
    assert "by your name" not in run(folder, "--branch", "ci", "-o", "dags/flow.py").stderr
    quiet = compile_("my_flow.py", "--quiet", "compile", "-o", "dags/flow.py", cwd=folder, module="cli")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert "by your name" not in run(folder, "--check", "dags/flow.py").stderr
