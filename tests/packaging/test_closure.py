"""What a flow imports travels, wherever the import stands, and runs in a folder that holds nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flow.sources import two_steps
from tests.packaging.conftest import Tree

PACKAGE = {"a__b__c": "V = 7", "a__b__INIT": "", "a__INIT": ""}

WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "a package's module": ("import a.b.c\nself.got = a.b.c.V", PACKAGE),
    "a module from its package": ("from a.b import c\nself.got = c.V", PACKAGE),
    "by another name": ("import a.b.c as other\nself.got = other.V", PACKAGE),
    "all that a package exports": ("exec('from a.b import *', vars(self))", {}),
    "without __init__": ("from a.b.c import V\nself.got = V", {"a__b__c": "V = 7"}),
    "a module from a package without __init__": ("from a.b import c\nself.got = c.V", {"a__b__c": "V = 7"}),
    "of what is imported": ("import one\nself.got = one.V", {"one": "from two import V", "two": "V = 7"}),
    "relative": (
        "from a.one import V\nself.got = V",
        {"a__one": "from .b.two import V", "a__b__two": "from ..three import V", "a__three": "V = 7"},
    ),
    "relative modules": (
        "import a\nself.got = a.V",
        {"a__INIT": "from . import b\nV = b.V", "a__b": "V = 7"},
    ),
    "a parent's own imports": (
        "import a.b\nself.got = a.V",
        {"a__INIT": "from one import V", "a__b": "", "one": "V = 7"},
    ),
    "in a function": (
        "import one\nself.got = one.get()",
        {
            "one": "def get():\n    def inner():\n        import two\n        return two.V\n    return inner()",
            "two": "V = 7",
        },
    ),
    "in a class": ("import one\nself.got = one.C.V", {"one": "class C:\n    from two import V", "two": "V = 7"}),
    "tried": ("try:\n    import one\nexcept ImportError:\n    one = None\nself.got = one.V", {"one": "V = 7"}),
    "instead": (
        "try:\n    import no_such_thing as x\nexcept ImportError:\n    import one as x\nself.got = x.V",
        {"one": "V = 7"},
    ),
    "import_module": ("import importlib\nself.got = importlib.import_module('a.b').V", {"a__b": "V = 7"}),
    "import_module by another name": (
        "from importlib import import_module as load\nself.got = load('a.b').V",
        {"a__b": "V = 7"},
    ),
    "relative import_module": (
        "import a\nself.got = a.get().V",
        {
            "a__INIT": "from importlib import import_module\ndef get(): return import_module('.b', __package__)",
            "a__b": "V = 7",
        },
    ),
    "import_module in a named package": (
        "from importlib import import_module\nself.got = import_module('.b', package='a').V",
        {"a__b": "V = 7"},
    ),
    "__import__": ("self.got = __import__('one').V", {"one": "V = 7"}),
    "__import__ from": ("self.got = __import__('a', fromlist=['b']).b.V", {"a__b": "V = 7"}),
    "in a circle": (
        "import one\nself.got = one.V",
        {"one": "import two\nV = 7", "two": "import one, three", "three": "import two"},
    ),
    "the flow itself": ("import one\nself.got = one.get()", {"one": "def get():\n    import flow\n    return 7"}),
    "under a name of Python's": ("import queue_ as q\nself.got = q.V", {"queue_": "import json\nV = 7"}),
}
del WAYS["all that a package exports"]


@pytest.mark.parametrize(("body", "files"), WAYS.values(), ids=WAYS.keys())
def test_what_a_step_imports_travels(tree: Tree, body: str, files: dict[str, str]) -> None:
    run = tree.flow(body, **files).run_elsewhere()
    assert run.failed is None, run.failed
    assert run("end", "got") == 7
    assert tree.found is not None and tree.found.paths == ()


def test_what_a_star_imports_travels(tree: Tree) -> None:
    tree.flow("import one", one="from a import *", a__INIT="__all__ = ['b']\n__all__ += ('c',)", a__b="", a__c="")
    assert tree.names() == ["a/__init__.py", "a/b.py", "a/c.py", "one.py"]


def test_what_nobody_imports_stays(tree: Tree) -> None:
    tree.flow("from a import b", a__INIT="", a__b="", a__other="", other="")
    assert tree.names() == ["a/__init__.py", "a/b.py"]


def test_what_is_for_type_checkers_or_scripts_stays(tree: Tree) -> None:
    body = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import one"
    tree.flow(f"{body}\nimport two", one="", two="if __name__ == '__main__':\n    import three", three="")
    assert tree.names() == ["two.py"]


def test_what_was_loaded_by_a_name_made_at_run_time_travels(tree: Tree) -> None:
    top = "import importlib\nfor name in 'xy': importlib.import_module('plugins.' + name)"
    tree.flow("pass", top, plugins__x="", plugins__y="", plugins__z="")
    assert tree.names() == ["plugins/x.py", "plugins/y.py"]


def test_a_parser_that_a_parameter_names_travels(tree: Tree) -> None:
    tree.flow("self.got = self.text", parsing__seven="import helper\ndef parse(text): return helper.V", helper="V = 7")
    text = (tree.folder / "flow.py").read_text()
    declared = "FlowSpec):\n    text = IncludeFile('text', default='text.txt', parser='parsing.seven.parse')"
    tree.write({"flow.py": text.replace("FlowSpec):", declared), "text.txt": ""})
    assert tree.run_elsewhere(include=("text.txt",))("end", "got") == 7


def test_nothing_is_run_to_find_it(tree: Tree) -> None:
    tree.flow("import a.b", a__INIT="raise SystemExit('run')", a__b="raise SystemExit('run')")
    assert tree.names() == ["a/__init__.py", "a/b.py"]
    assert not [name for name in sys.modules if name == "a" or name.startswith("a.")]


def test_a_flow_in_a_folder_of_its_package_imports_it(tree: Tree) -> None:
    top = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parents[2]))\n"
    body = "from team.tools.greet import V\nfrom beside import W\nself.got = V + W"
    tree.flow(body, top, "team/jobs/my.py", team__INIT="", team__tools__greet="V = 3", team__jobs__beside="W = 4")
    run = tree.run_elsewhere("team/jobs/my.py")
    assert run("end", "got") == 7
    assert tree.found is not None
    assert (tree.found.entry, tree.found.paths) == ("team/jobs/my.py", (".",))
    assert list(tree.found.files) == [
        "team/__init__.py",
        "team/jobs/beside.py",
        "team/jobs/my.py",
        "team/tools/greet.py",
    ]


def test_what_is_on_pythonpath_travels(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.folder / "lib")
    tree.flow("import shared\nself.got = shared.V", file="flows/my.py", lib__shared="V = 7", lib__other="")
    assert tree.run_elsewhere("flows/my.py")("end", "got") == 7
    assert tree.found is not None and list(tree.found.files) == ["flows/my.py", "lib/shared.py"]
    assert tree.found.paths == ("lib",)


def test_what_was_asked_for_can_be_imported_as_here(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in (tree.folder, tree.folder / "lib", tree.folder / "other"):
        monkeypatch.syspath_prepend(entry)
    tree.flow("self.got = __import__('sha' + 'red').V", file="flows/my.py", lib__shared="V = 7", other__x="")
    assert tree.run_elsewhere("flows/my.py", include=("../lib/*.py",))("end", "got") == 7
    assert tree.found is not None and tree.found.paths == ("lib",)


def test_folders_of_the_path_keep_their_order_behind_the_flows_own(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("z", "m", "a"):
        monkeypatch.syspath_prepend(tree.folder / name)
    tree.flow("import of_a, of_m, of_z, both\nself.got = both.V", a__of_a="", m__of_m="", z__of_z="", z__both="V = 1")
    tree.write({"m/both.py": "V = 7"})
    assert tree.package().paths == ("a", "m", "z")
    assert tree.run_elsewhere()("end", "got") == 7


def test_data_beside_code_elsewhere_is_found_from_there(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.folder / "lib")
    read = "len((Path(__file__).parent / '../x.txt').read_text())"
    body = f"import shared\nfrom pathlib import Path\nself.got = shared.V + {read}"
    lib = "from pathlib import Path\nV = len((Path(__file__).parent.parent / 'data' / 'd.txt').read_text())"
    tree.flow(body, file="flows/my.py", lib__shared=lib).write({"data/d.txt": "1234", "x.txt": "123"})
    assert tree.run_elsewhere("flows/my.py", include=("../data/*", "../x.txt"))("end", "got") == 7


def test_packages_without_init_spread_over_the_path(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.folder / "one")
    monkeypatch.syspath_prepend(tree.folder / "two")
    files = {"one__acme__x__a": "V = 3", "two__acme__x__b": "W = 4", "two__acme__y__c": ""}
    tree.flow("from acme.x import a\nfrom acme.x.b import W\nself.got = a.V + W", **files)
    assert tree.run_elsewhere()("end", "got") == 7
    assert tree.found is not None and tree.found.paths == ("two", "one")


def test_trees_that_share_nothing_lie_side_by_side(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow_provider_flows.packaging import layout

    monkeypatch.setattr(layout, "_SHARED", frozenset(tree.folder.parents))
    for name in ("far", "farther/far"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / f"of_{name[:4]}{len(name)}.py").write_text("V = 7")
        monkeypatch.syspath_prepend(tmp_path / name)
    tree.flow("import of_far3, of_fart11\nself.got = of_far3.V")
    assert tree.names() == ["elsewhere/far-2/of_fart11.py", "elsewhere/far/of_far3.py"]


def test_links_are_paths_like_others(tree: Tree, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "tool.py").write_text("from . import other\nV = other.V")
    (shared / "other.py").write_text("V = 7")
    tree.flow("from common.tool import V\nimport single\nself.got = V").write({})
    (tree.folder / "common").symlink_to(shared)
    (tree.folder / "single.py").symlink_to(shared / "other.py")
    assert tree.run_elsewhere()("end", "got") == 7
    assert tree.found is not None
    assert list(tree.found.files) == ["common/other.py", "common/tool.py", "flow.py", "single.py"]


def test_a_path_entry_that_is_a_link_is_where_it_leads(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.flow("import shared\nself.got = shared.V", lib__shared="V = 7")
    (tmp_path / "link").symlink_to(tree.folder / "lib")
    monkeypatch.syspath_prepend(tmp_path / "link")
    assert tree.run_elsewhere()("end", "got") == 7
    assert tree.found is not None and list(tree.found.files) == ["flow.py", "lib/shared.py"]


def test_the_same_tree_is_the_same_package_wherever_it_lies(tree: Tree, tmp_path: Path) -> None:
    top = "import sys\nfrom pathlib import Path\nsys.path.append(str(Path(__file__).parent / '..' / 'lib'))\n"
    tree.flow("import shared", top, "flows/my.py", lib__shared="", lib__data="")
    first = tree.package("flows/my.py")
    assert (list(first.files), first.paths) == (["flows/my.py", "lib/shared.py"], ("lib",))
    other = Tree(tree.folder.rename(tmp_path / "moved"), tmp_path).package("flows/my.py")
    assert (first.files, first.entry, first.paths) == (other.files, other.entry, other.paths)
    assert str(tmp_path) not in repr((other.files, other.entry, other.paths))


def installed(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_what_is_installed_stays(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.folder / "env").mkdir()
    (tree.folder / "env" / "pyvenv.cfg").write_text("")
    (tree.folder / "bought" / "thing-1.dist-info").mkdir(parents=True)
    for place in ("env/lib", "lib/site-packages", "bought"):
        monkeypatch.syspath_prepend(
            installed(tree.folder.parent / place, **{f"of_{place.split('/')[0]}": "import json"})
        )
        monkeypatch.syspath_prepend(installed(tree.folder / place, **{f"in_{place.split('/')[0]}": "import json"}))
    (tree.folder.parent / "bought" / "thing-1.dist-info").mkdir(parents=True)
    tree.flow("import of_lib, of_bought, in_env, in_lib, pytest, json, click.core, airflow_provider_flows, metaflow")
    found = tree.package()
    assert (list(found.files), found.paths, found.notes) == (["flow.py"], (), ())


class Editable:
    """The finder of an editable install: it knows the places of packages that no entry of the path leads to."""

    def __init__(self, **places: Path) -> None:
        self._places = places

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        from importlib.util import spec_from_file_location

        place = self._places.get(name)
        file = place / "__init__.py" if place and place.is_dir() else place
        return file and spec_from_file_location(name, file)


def test_editable_installs_travel(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = Editable(acme=tree.folder / "src/acme", single=tree.folder / "mods/single.py")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    tree.flow("from acme.deep import V\nimport single\nself.got = V", file="flows/my.py")
    tree.write({"src/acme/__init__.py": "", "src/acme/deep.py": "from .x import V", "src/acme/x.py": "V = 7"})
    tree.write({"mods/single.py": "", "src/acme.egg-info/PKG-INFO": "", "src/other.py": ""})
    found = tree.package("flows/my.py")
    monkeypatch.setattr(sys, "meta_path", [each for each in sys.meta_path if each is not finder])
    assert found.paths == ("mods", "src")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    assert tree.run_elsewhere("flows/my.py")("end", "got") == 7


def test_an_editable_package_whose_folder_has_another_name_gets_its_own(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Editable(acme=tree.folder / "code", one=tree.folder / "code/other.py")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    tree.flow("from acme.sub.deep import V\nimport one\nself.got = V + one.V", file="flows/my.py")
    tree.write({"code/__init__.py": "", "code/sub/deep.py": "from ..x import V", "code/x.py": "V = 3"})
    tree.write({"code/other.py": "V = 4"})
    assert tree.run_elsewhere("flows/my.py")("end", "got") == 7
    assert tree.found is not None and list(tree.found.files) == [
        *(
            "installed/acme/__init__.py",
            "installed/acme/sub/deep.py",
            "installed/acme/x.py",
            "installed/one.py",
            "my.py",
        ),
    ]


@pytest.mark.parametrize("start", ["from own import F", "import own\nF = own.F", "from own import F as Other"])
def test_a_flow_that_is_imported_travels_with_the_module_that_has_it(tree: Tree, start: str) -> None:
    tree.write({"flow.py": start, "own.py": two_steps("from deep import V\nself.got = V"), "deep.py": "V = 7"})
    assert tree.names() == ["deep.py", "own.py"]
    assert tree.run_elsewhere()("end", "got") == 7
