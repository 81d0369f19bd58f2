"""Nothing stays behind in silence: what is imported and not there, and files where packaged code lies."""

from __future__ import annotations

import pytest

from tests.packaging.conftest import Tree

MISSING = "is neither packaged, nor of the standard library, nor installed here."


def notes(tree: Tree, file: str = "flow.py", **asked: object) -> list[str]:
    return [note.replace(f"{tree.folder}/", "") for note in tree.package(file, **asked).notes]


def test_an_import_that_leads_nowhere_is_told_with_its_line(tree: Tree) -> None:
    tree.flow("import no_such\nfrom helper import x", helper="\n\ndef f():\n    import nor_this.one\n")
    assert notes(tree) == [
        f"flow.py:10: 'no_such' {MISSING}",
        f"helper.py:4: 'nor_this' {MISSING}",
        "Install what is missing here and where steps run, or guard its import with try … except ImportError.",
    ]


def test_a_module_that_a_local_package_does_not_have_is_told(tree: Tree) -> None:
    tree.flow("import a.b.c\nimport helper.x", a__b__INIT="", helper="from .z import y\nimport pytest.no_such")
    assert [note.partition(": ")[2] for note in notes(tree)[:3]] == [
        "'a.b.c' is imported, and a.b has no such module.",
        "'helper.x' is imported, and helper has no such module.",
        "'.z' is a relative import, and this file is in no package that it could be relative to.",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "try:\n    import no_such\nexcept ImportError:\n    pass",
        "try:\n    import no_such.x\nexcept (ValueError, ModuleNotFoundError):\n    no_such = None",
        "try:\n    import no_such\nexcept Exception:\n    pass",
        "try:\n    import json\nexcept ImportError:\n    import no_such as json",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import no_such",
        "import sys\nif sys.version_info < (3, 8):\n    import no_such\nelse:\n    import json",
        "import sys\nif sys.platform == 'win32':\n    import no_such",
        "import importlib\nif importlib.util.find_spec('no_such'):\n    import no_such",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such",
        "import msvcrt, winreg, pytest.no_such, os.path, xml.etree.no_such",
        "from metaflow import no_such\nimport metaflow.no_such",
        "import importlib\npackage = 'json'\nimportlib.import_module('.no_such', package)",
        "name = 'no_such'\n__import__(name)\n__import__('no such thing!')",
    ],
)
def test_an_import_that_may_fail_or_never_runs_is_none(tree: Tree, body: str) -> None:
    assert notes(tree.flow(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        "try:\n    import no_such\nexcept ImportError:\n    raise",
        "try:\n    import no_such\nexcept ValueError:\n    pass",
        "try:\n    import no_such\nfinally:\n    pass",
        "try:\n    import nor_this\nexcept ImportError:\n    import no_such",
        "try:\n    def f(): import no_such\nexcept ImportError:\n    pass",
        "__import__('no_such')",
        "import importlib\nimportlib.import_module('no_such.x')",
    ],
)
def test_other_guards_are_none(tree: Tree, body: str) -> None:
    assert "'no_such'" in notes(tree.flow(body))[0]


def test_lists_are_bounded(tree: Tree) -> None:
    tree.flow("\n".join(f"import no_{number}" for number in range(30)), a__INIT="", top__x="")
    assert len(notes(tree)) == 12 and "… and 20 more imports." in notes(tree)


def test_files_of_packages_that_stay_are_told_with_what_to_type(tree: Tree) -> None:
    tree.flow("from pricing import model", pricing__model="", pricing__unused__x="", pricing__used__y="", many__INIT="")
    tree.write({"pricing/model.py": "from .used import y\nimport many"})
    data = [
        "rates.csv",
        "data/de/x.json",
        "used/q.sql",
        "unused/z.csv",
        "unused/deep/z.csv",
        "it's [1].txt",
        "README.md",
    ]
    tree.write(
        {f"pricing/{name}": "" for name in (*data, ".hidden", "py.typed", "x.pyi", "x.pyc", "__pycache__/x.dat")}
    )
    tree.write({f"many/{number}.png": "" for number in range(300)})
    found = notes(tree)
    assert found == [
        "300 files many/*.png stay here; add --include 'many/*.png'",
        "pricing/data/de/x.json stays here; add --include 'pricing/data/de/x.json'",
        """pricing/it's [1].txt stays here; add --include 'pricing/it'"'"'s [[]1].txt'""",
        "pricing/rates.csv stays here; add --include 'pricing/rates.csv'",
        "pricing/used/q.sql stays here; add --include 'pricing/used/q.sql'",
    ]
    globs = (
        "many/*.png",
        "pricing/data/de/x.json",
        "pricing/it's [[]1].txt",
        "pricing/rates.csv",
        "pricing/used/q.sql",
    )
    assert notes(tree, include=globs) == []
    assert notes(tree, whole_folder=True) == []


def test_files_beside_a_flow_are_told_when_they_are_few_or_named(tree: Tree) -> None:
    tree.flow("open(__file__ + '/../data/deep.txt'); open('x9.csv')", "NAMED = 'nothing'")
    tree.write({"one.csv": "", "README.md": "", "pyproject.toml": "", "uv.lock": "", "data/deep.txt": "", "data/y": ""})
    assert [note.split()[0] for note in notes(tree)] == ["data/deep.txt", "one.csv"]
    tree.write({f"x{number}.csv": "" for number in range(10)})
    assert [note.split()[0] for note in notes(tree)] == ["data/deep.txt", "x9.csv"]


def test_files_near_a_flow_are_told_when_they_and_their_folders_are_named(tree: Tree) -> None:
    tree.flow(
        "from pathlib import Path\nPath(__file__).parent.parent / 'sql' / 'x.sql'; open('../y/z/deep.csv')",
        file="jobs/my.py",
    )
    tree.write({"sql/x.sql": "", "sql/y.sql": "", "other/x.sql": "", "x.sql": "", "y/z/deep.csv": "", "y/deep.csv": ""})
    assert [note.split()[0] for note in notes(tree, "jobs/my.py")] == [
        "../sql/x.sql",
        "../y/deep.csv",
        "../y/z/deep.csv",
    ]


def test_the_file_of_a_configuration_is_not_needed_again(tree: Tree) -> None:
    tree.flow("pass").write({"conf.json": "{}"})
    text = (tree.folder / "flow.py").read_text()
    assert len(notes(tree)) == 1
    tree.write({"flow.py": text.replace("FlowSpec):", "FlowSpec):\n    c = Config('c', default='conf.json')")})
    assert notes(tree) == []


def test_files_of_packages_elsewhere_are_told_by_a_path_that_can_be_given(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tree.folder / "lib")
    tree.flow("import acme", file="flows/my.py", lib__acme__INIT="").write({"lib/acme/x.csv": ""})
    assert notes(tree, "flows/my.py") == ["../lib/acme/x.csv stays here; add --include '../lib/acme/x.csv'"]
    assert notes(tree, "flows/my.py", include=("../lib/acme/x.csv",)) == []
    from airflow_provider_flows.packaging import layout

    monkeypatch.setattr(layout, "_SHARED", frozenset([tree.folder, *tree.folder.parents]))
    assert notes(tree, "flows/my.py") == [
        'lib/acme/x.csv stays here; say METAFLOW_PACKAGE_POLICY = "include" in its package'
    ]
