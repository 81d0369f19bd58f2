"""A flow file that cannot be loaded: one clear message with its place and what to do, exit code 2, no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.support import compile_
from tests.flow.sources import HEAD, two_steps

GOOD = two_steps("pass")


def rejected(file: Path, *options: str) -> str:
    """Return what is said of a file that cannot be compiled."""
    run = compile_(file.name, *options, cwd=file.parent)
    assert (run.returncode, run.stdout) == (2, ""), run
    assert "Traceback" not in run.stderr, run.stderr
    return run.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("x = 1\ndef f(:\n    pass\n", ["flow.py:2: invalid syntax.", "def f(:", "^"]),
        ("if True:\npass\n", ["flow.py:2: expected an indented block", "pass"]),
        ("x = 'abc\n", ["flow.py:1: unterminated string literal"]),
        ("\0", ["flow.py", "null bytes"]),
        (b"# caf\xe9\n", ["flow.py", "cannot be decoded", "Save the file as UTF-8"]),
        (b"# -*- coding: no-such -*-\n", ["flow.py", "no-such"]),
        ("import no_such_module\n", ["flow.py:1", "No module named 'no_such_module'", "Install what is missing"]),
        (
            "\nfrom metaflow import nonsense\n",
            ["flow.py:2", "metaflow.nonsense is not supported here", "docs/differences.md"],
        ),
        ("import metaflow.no_such\n", ["flow.py:1", "metaflow.no_such is not supported here"]),
        ("x = 1\ny = 1 / 0\n", ["flow.py:2", "ZeroDivisionError: division by zero", "y = 1 / 0"]),
        ("import sys\nsys.exit(3)\n", ["flow.py:2", "SystemExit: 3"]),
        ("def f(): f()\nf()\n", ["flow.py", "RecursionError"]),
        (
            "class E(ImportError):\n    def __str__(self): raise ValueError\nraise E",
            ["flow.py:3", "E: <the exception's"],
        ),
        ("class E(Exception):\n    def __str__(self): return 3\nraise E", ["flow.py:3", "E: <the exception's"]),
        ("", ["there is no flow in it. Define a class that extends FlowSpec"]),
        ("class Flow: pass\n", ["there is no flow in it"]),
        (HEAD, ["there is no flow in it"]),
        (GOOD + GOOD.replace("class F", "class G"), ["several flows in it: F, G. Choose one with --class NAME"]),
    ],
)
def test_a_file_that_cannot_be_loaded_is_told_where_and_why(
    tmp_path: Path, content: str | bytes, words: list[str]
) -> None:
    file = tmp_path / "flow.py"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = rejected(file)
    for word in words:
        assert word in said, said


def test_whoever_interrupts_a_command_is_not_told_that_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text("raise KeyboardInterrupt\n")
    said = compile_("flow.py", cwd=tmp_path)
    assert (said.returncode, said.stdout, said.stderr.strip()) == (1, "", "Aborted.")


def test_an_error_in_a_helper_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("x = 1\ny = (\n")
    (tmp_path / "flow.py").write_text("import helper\n" + GOOD)
    assert "helper.py:2: " in rejected(tmp_path / "flow.py")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.py", "missing.py: there is no such file"),
        ("folder", "folder: there is no flow in this folder. Name the file of one, or another folder"),
        ("folder.py", "folder.py: there is no flow in this folder"),
        ("flow.txt", "flow.txt: this is not a Python file. Name a file that ends in .py"),
        ("flow", "flow: this is not a Python file"),
        ("flow.pyc", "flow.pyc: this is not a Python file"),
        ("closed.py", "closed.py: Permission denied"),
    ],
)
def test_what_is_no_flow_file_is_rejected_by_name(tmp_path: Path, name: str, words: str) -> None:
    for folder in ("folder", "folder.py"):
        (tmp_path / folder).mkdir()
    for file in ("flow.txt", "flow", "flow.pyc", "closed.py"):
        (tmp_path / file).write_text(GOOD)
    (tmp_path / "closed.py").chmod(0)
    if name == "closed.py" and os.access(tmp_path / name, os.R_OK):
        pytest.skip("this user may read everything")
    assert words in rejected(tmp_path / name)


def test_a_class_is_chosen_by_name(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(GOOD + GOOD.replace("class F", "class G") + "class H(G): pass\n")
    assert 'dag_id="G"' in compile_(file, "--class", "G", cwd=tmp_path).stdout
    assert "there is no flow 'X'. It has: F, G, H." in rejected(file, "--class", "X")


def test_a_base_of_the_only_flow_needs_no_choice(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(GOOD + "class Own(F): pass\n")
    assert 'dag_id="Own"' in compile_(file, cwd=tmp_path).stdout


def test_a_flow_that_is_imported_is_not_the_files_own(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(GOOD)
    (tmp_path / "flow.py").write_text("from base import F\n" + HEAD + "class Own(F): pass\n")
    assert 'dag_id="Own"' in compile_("flow.py", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("content", "comment"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), ""),
        (b"\xef\xbb\xbf# coding: utf-8\r\n" + GOOD.replace("\n", "\r\n").encode(), ""),
        (GOOD.replace("\n", "\r\n").encode(), ""),
        (b"# -*- coding: latin-1 -*-\nNAME = 'caf\xe9'\n" + GOOD.encode(), ""),
        ("# vim: set fileencoding=utf-8 :\nNAME = '漢字 \U0001f600'\n".encode() + GOOD.encode(), ""),
        (GOOD.replace("\n", "\f\n").encode(), ""),
        (GOOD.encode().rstrip(b"\n"), ""),
    ],
    ids=["bom", "bom-coding-crlf", "crlf", "latin-1", "emoji", "form-feeds", "no-newline"],
)
def test_any_file_that_python_reads_can_be_compiled(tmp_path: Path, content: bytes, comment: str) -> None:
    file = tmp_path / "flow.py"
    file.write_bytes(content)
    run = compile_(file, cwd=tmp_path)
    assert run.returncode == 0 and 'dag_id="F"' in run.stdout, run.stderr


@pytest.mark.parametrize(
    "stem", ["json", "select", "click", "metaflow", "airflow", "my-flow", "2nd flow", "class", "größe"]
)
def test_a_flow_file_may_have_any_name(tmp_path: Path, stem: str) -> None:
    file = tmp_path / f"{stem}.py"
    file.write_text(GOOD)
    run = compile_(file, cwd=tmp_path)
    assert run.returncode == 0 and f'entry="{stem}.py"' in run.stdout, run.stderr
