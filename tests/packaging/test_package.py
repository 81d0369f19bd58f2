"""A package holds the flow's own files, byte for byte, under paths that any machine has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.identity import code_digest as digest
from airflow_provider_flows.packaging import package as room
from airflow_provider_flows.packaging.package import package

from tests.packaging.conftest import Tree

WHOLE = "METAFLOW_PACKAGE_POLICY = 'include'\n"


def test_a_flow_alone_lies_at_the_top(tree: Tree) -> None:
    found = tree.flow("pass").package()
    assert (list(found.files), found.entry, found.paths, found.notes) == (["flow.py"], "flow.py", (), ())
    assert found.origins == {"flow.py": tree.folder / "flow.py"}


def test_files_are_text_if_they_are_utf8_else_bytes(tree: Tree) -> None:
    tree.flow("pass").write({"data.bin": b"\xff\xfe\0", "lib/part.py": b"\xef\xbb\xbfX = 1\r\n"})
    tree.write({"latin.py": "# coding: latin-1\n# é\n".encode("latin-1")})
    found = tree.package(include=("*.bin", "lat*", "lib/**/*"))
    assert list(found.files) == ["data.bin", "flow.py", "latin.py", "lib/part.py"]
    assert found.files["data.bin"] == b"\xff\xfe\0" and found.files["lib/part.py"] == "\ufeffX = 1\r\n"
    assert isinstance(found.files["latin.py"], bytes)


def test_included_code_brings_what_it_imports(tree: Tree) -> None:
    tree.flow("pass", plugins__one="from . import two\nimport helper", plugins__two="", helper="", other="")
    assert tree.names(include=("plugins/one.py",)) == ["helper.py", "plugins/one.py", "plugins/two.py"]


def test_globs_may_leave_the_flows_folder(tree: Tree) -> None:
    tree.flow("pass", file="flows/my.py").write({"data/a.csv": "1", "data/b.txt": ""})
    found = tree.package("flows/my.py", include=("../data/*.csv",))
    assert (list(found.files), found.entry, found.paths) == (["data/a.csv", "flows/my.py"], "flows/my.py", ())


@pytest.mark.parametrize("glob", ["../*", "/etc/*", "nothing*", "lib", "../" * 20 + "etc/passwd"])
def test_a_glob_must_match_files_that_are_near(tree: Tree, glob: str) -> None:
    tree.flow("pass", lib__x="")
    with pytest.raises(UsageError, match="--include"):
        tree.package(include=(glob,))


def test_a_link_that_leads_out_of_the_folder_is_rejected(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("")
    tree.flow("pass").write({"a/b.txt": ""})
    (tree.folder / "linked").symlink_to(tmp_path / "secret" / "key.txt")
    (tree.folder / "a" / "linked").symlink_to(tmp_path / "secret" / "key.txt")
    (tree.folder / "folder").symlink_to(tmp_path / "secret")
    for glob in ("linked", "*", "a/*", "*/*.txt"):
        with pytest.raises(UsageError, match="leads outside"):
            tree.package(include=(glob,))
    assert tree.names(include=("folder/*.txt",)) == ["folder/key.txt"], "whoever names the link means where it leads"


def test_too_much_is_rejected_with_the_largest_files(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST", 10)
    with pytest.raises(UsageError, match=r"(?s)together.*flow\.py.*IncludeFile"):
        tree.flow("pass").package()


def test_what_is_far_too_much_is_never_read(tree: Tree) -> None:
    tree.flow("pass")
    with (tree.folder / "huge.bin").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(UsageError, match=r"1099511\.6 MB +huge\.bin"):
        tree.package(whole_folder=True)


def test_files_of_decorators_lie_beside_the_flow(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.folder / "lib")
    tree.flow("import shared", file="flows/my.py", lib__shared="").write({"x.txt": "x"})
    loaded = load_flow(tree.folder / "flows/my.py")
    found = package(loaded, extra={"its/x.txt": tree.folder / "x.txt"})
    assert list(found.files) == ["flows/its/x.txt", "flows/my.py", "lib/shared.py"]


EVERYTHING = {
    **{"a.py": "", "b.sql": "", "c.SQL": "", "d.R": "", "deep/e.py": "", "deep/f.csv": "", "README.md": "", ".env": ""},
    **{".git/config": "", "__pycache__/x.pyc": b"", "old.pyc": b"", "node_modules/x.js": "", "deep/.cache/x.py": ""},
    **{"env/pyvenv.cfg": "", "env/lib/x.py": "", "conda/conda-meta/x": "", "conda/y.py": "", "store/F/blob.py": ""},
    "compiled.py": '"""Airflow DAG of the flow F.\n"""\n',
}


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ({"whole_folder": True}, ["README.md", "a.py", "b.sql", "c.SQL", "d.R", "deep/e.py", "deep/f.csv"]),
        ({"suffixes": (".sql",)}, ["a.py", "b.sql", "c.SQL", "d.R", "deep/e.py"]),
        ({"suffixes": (".csv", ".env"), "whole_folder": True}, [".env", "a.py", "d.R", "deep/e.py", "deep/f.csv"]),
        ({}, []),
    ],
)
def test_the_whole_folder_is_what_somebody_wrote(tree: Tree, asked: dict[str, object], taken: list[str]) -> None:
    tree.flow("pass").write(EVERYTHING)
    assert tree.names(**asked, leave_out=(tree.folder / "store",)) == taken


def test_a_module_may_say_that_all_of_it_travels(tree: Tree) -> None:
    tree.flow("import plugins, single", plugins__INIT=WHOLE, plugins__a="import helper", helper="", plugins__b__c="")
    tree.write({"plugins/data/x.csv": "", "plugins/__pycache__/x.pyc": b"", "single.py": WHOLE, "single.csv": ""})
    names = ["helper.py", "plugins/__init__.py", "plugins/a.py", "plugins/b/c.py", "plugins/data/x.csv", "single.py"]
    assert tree.names() == names


def test_a_policy_that_is_set_when_a_module_runs_counts_too(tree: Tree) -> None:
    tree.flow("pass", "import plugins", plugins__INIT="vars()['METAFLOW_PACKAGE_POLICY'] = 'include'", plugins__a="")
    assert tree.names() == ["plugins/__init__.py", "plugins/a.py"]


@pytest.mark.parametrize("top", ["", "import bought\n"])
def test_an_installed_package_may_say_so_too(tree: Tree, top: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.folder / "env/lib/site-packages")
    tree.flow("from bought.deep import V\nself.got = V", top).write({"env/pyvenv.cfg": ""})
    packages = {
        "bought/__init__.py": WHOLE,
        "bought/deep.py": "from .x import V\nimport no_such",
        "bought/x.py": "V = 7",
    }
    tree.write({f"env/lib/site-packages/{path}": text for path, text in packages.items()})
    tree.write({"env/lib/site-packages/bought-1.dist-info/RECORD": "", "env/lib/site-packages/other.py": ""})
    found = tree.package()
    assert list(found.files) == ["flow.py", *(f"installed/{path}" for path in packages)]
    assert (found.paths, found.notes) == (("installed",), ())


def test_a_part_of_an_installed_package_brings_the_rest(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone it would hide what is installed where it runs."""
    monkeypatch.syspath_prepend(tree.folder / "site-packages")
    tree.flow("from space.bought.deep import V\nself.got = V + __import__('one').V")
    tree.write({"site-packages/space/bought/__init__.py": "", "site-packages/space/bought/deep.py": WHOLE + "V = 3"})
    tree.write({"site-packages/space/bought/other.py": "", "site-packages/one.py": WHOLE + "V = 4"})
    run = tree.run_elsewhere()
    assert run("end", "got") == 7
    assert tree.found is not None and sorted(tree.found.files)[1:] == [
        *("installed/one.py", "installed/space/bought/__init__.py"),
        *("installed/space/bought/deep.py", "installed/space/bought/other.py"),
    ]


def test_what_python_ships_never_travels(tree: Tree) -> None:
    tree.flow("import json, xml.dom, encodings.idna, " + ", ".join(sorted(sys.builtin_module_names)))
    assert (tree.names(), tree.found and tree.found.notes) == ([], ())


def test_a_digest_names_contents_and_not_their_order() -> None:
    assert digest({"a": "1", "b": b"2"}) == digest({"b": "2", "a": b"1"})
    assert digest({"a": "1"}) != digest({"a": "2"}) != digest({"b": "2"})
    assert digest({"a": "1b2"}) != digest({"a": "1", "b": "2"})
    assert digest({}).startswith("blake3:")
