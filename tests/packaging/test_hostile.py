"""Code that cannot be read, parsed or followed is told and packaged all the same, and never run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.errors import FlowNotLoadable, UsageError

from tests.packaging.conftest import Tree


def test_a_syntax_error_in_a_module_that_only_a_step_imports_is_told_with_its_line(tree: Tree) -> None:
    tree.flow("import broken", broken="import other\n\ndef f(:\n    pass\n", other="")
    assert tree.names() == ["broken.py"]
    (note,) = tree.found.notes if tree.found else ()
    assert note.startswith(f"{tree.folder}/broken.py:3: invalid syntax") and "def f(:" in note


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"# coding: latin-1\nimport other  # \xe9", ""),
        (b"\xef\xbb\xbfimport other", ""),
        (b"import other; x = '\xe9'", "utf-8"),
        (b"# coding: no-such-code\nimport other", "unknown encoding"),
        (b"import other\0", "null"),
        (b"import other; x = " + b"(" * 300 + b")" * 300, "parentheses"),
        (b"import other\nif x: pass\n" + b"elif y: pass\n" * 500, ""),
        (b"import other\nx = '\\d'", ""),
    ],
    ids=["latin-1", "mark", "not utf-8", "unknown", "nul", "deep", "long if", "escape"],
)
def test_a_text_is_what_python_takes_it_for(tree: Tree, text: bytes, told: str, recwarn: Any) -> None:
    tree.flow("import strange", strange=text, other="")
    names = tree.names()
    notes = " ".join(tree.found.notes if tree.found else ())
    if told:
        assert names == ["strange.py"] and told in notes and f"{tree.folder}/strange.py" in notes
    else:
        assert (names, notes, list(recwarn)) == (["other.py", "strange.py"], "", [])


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="no file here that nobody can read")
def test_a_module_that_cannot_be_read_is_told_and_a_file_that_was_asked_for_rejected(tree: Tree) -> None:
    tree.flow("import closed")
    (tree.folder / "closed.py").symlink_to("/proc/self/mem")
    assert tree.names() == []
    assert [f"{tree.folder}/closed.py: it stays here, because it cannot be read: Input/output error."] == [
        *(tree.found.notes if tree.found else ())
    ]
    (tree.folder / "closed.csv").symlink_to("/proc/self/mem")
    with pytest.raises(UsageError, match="cannot be read"):
        tree.package(whole_folder=True)


def test_what_is_no_regular_file_is_no_module(tree: Tree) -> None:
    tree.flow("import pipe, nothing, folder", folder__INIT="")
    os.mkfifo(tree.folder / "pipe.py")
    os.mkfifo(tree.folder / "folder" / "pipe.csv")
    (tree.folder / "nothing.py").symlink_to(tree.folder / "gone.py")
    (tree.folder / "other.py").mkdir()
    assert tree.names() == ["folder/__init__.py"]
    assert [note.split(": ")[1].split()[0] for note in tree.found.notes[:2]] == ["'pipe'", "'nothing'"]
    assert tree.names(whole_folder=True) == ["folder/__init__.py"]


def test_a_very_deep_package_travels(tree: Tree) -> None:
    names = ["deep"] * 100
    tree.flow(f"import {'.'.join(names)}.end").write({"/".join([*names, "end.py"]): "import other"}).write(
        {"other.py": ""}
    )
    assert len(tree.names()) == 2


def test_a_circle_of_links_is_walked_once(tree: Tree) -> None:
    tree.flow("import a.b", a__INIT="METAFLOW_PACKAGE_POLICY = 'include'", a__b="", a__c__d="")
    (tree.folder / "a" / "c" / "up").symlink_to("..")
    (tree.folder / "a" / "c" / "self").symlink_to(".")
    (tree.folder / "twin").symlink_to("a")
    (tree.folder / "other").symlink_to("a")
    assert tree.names() == ["a/__init__.py", "a/b.py", "a/c/d.py"]
    assert len(tree.names(whole_folder=True)) == 6


def test_a_module_with_a_name_of_pythons_travels(tree: Tree) -> None:
    """Whether it hides Python's own depends on who was there first, so it must be there."""
    tree.flow("import queue, cmd, sys", queue="import helper", helper="", sys="")
    assert tree.names() == ["helper.py", "queue.py"]


def test_a_module_can_have_any_name(tree: Tree) -> None:
    tree.flow("import größe, _a, A1").write({"größe.py": "", "_a.py": "", "A1/__init__.py": ""})
    assert tree.names() == ["A1/__init__.py", "_a.py", "größe.py"]
    (tree.folder / os.fsdecode(b"\xff.csv")).write_text("")
    with pytest.raises(FlowNotLoadable, match="not UTF-8"):
        tree.package(include=("*.csv",))


def test_what_stands_among_the_modules_may_be_anything() -> None:
    class Pretender:
        """As the libraries of cffi are."""

        __slots__ = ()
        __class__ = type(sys)  # type: ignore[assignment]

    class Lazy(type(sys)):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(f"{name} was asked for, and wakes it")

    from airflow_provider_flows.packaging.taken import _declares_itself

    assert not any(map(_declares_itself, (Pretender(), Lazy("lazy"), None, 7, object())))


def test_other_peoples_finders_may_fail(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def find_spec(self, name: str, path: Any, target: Any = None) -> None:
            raise RuntimeError(name)

    tree.flow("import a.b", a__b="")
    tree.package()
    monkeypatch.setattr(sys, "meta_path", [Failing(), *sys.meta_path])
    from airflow_provider_flows.packaging.find import Modules

    found = Modules(tree.folder).find("a.b")
    assert found is not None and found.file == str(tree.folder / "a" / "b.py")


def test_code_in_an_archive_is_told_to_stay(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
        archive.writestr("zipped.py", "")
    monkeypatch.syspath_prepend(tmp_path / "lib.zip")
    tree.flow("import zipped")
    assert tree.names() == []
    assert "lib.zip/zipped.py: it stays here" in " ".join(tree.found.notes if tree.found else ())
