"""Loading a flow file: what it may import, and that two flows of one process never mix."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow

from tests.flow.sources import two_steps
from tests.support.runner import Run, run_again, runtime_of

LAZY = two_steps("from helper import VALUE\nself.got = VALUE")


def write(folder: Path, source: str, **others: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in others.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    (folder / "my_flow.py").write_text(source)
    return folder / "my_flow.py"


def run_file(file: Path) -> Run:
    return run_again(runtime_of(file, file.parent / "store"), {})


def test_a_flow_imports_the_modules_beside_it(tmp_path: Path) -> None:
    file = write(tmp_path, "from helper import VALUE\n" + two_steps("self.got = VALUE"), helper="VALUE = 1")
    assert run_file(file)("end", "got") == 1


@pytest.mark.parametrize("eager", ["", "import helper\n"])
def test_two_flows_may_have_helpers_of_one_name(tmp_path: Path, eager: str) -> None:
    one = write(tmp_path / "one", eager + LAZY, helper="VALUE = 1")
    two = write(tmp_path / "two", eager + LAZY, helper="VALUE = 2")
    assert [run_file(file)("end", "got") for file in (one, two, one)] == [1, 2, 1]


@pytest.mark.parametrize("package", ["lib__x", "lib__sub__x"])
def test_packages_without_init_do_not_mix_either(tmp_path: Path, package: str) -> None:
    source = two_steps(f"from {package.replace('__', '.').rpartition('.')[0]} import x\nself.got = x.VALUE")
    files = []
    for number, name in enumerate(("one", "two")):
        (tmp_path / name / "lib" / "sub").mkdir(parents=True)
        files.append(write(tmp_path / name, source, **{package: f"VALUE = {number}"}))
    assert [run_file(file)("end", "got") for file in files] == [0, 1]


def test_a_helper_that_is_missing_in_the_second_folder_is_missing(tmp_path: Path) -> None:
    run_file(write(tmp_path / "one", LAZY, helper="VALUE = 1"))
    run = run_file(write(tmp_path / "two", LAZY))
    assert run.failed and isinstance(run.failed.exception, ModuleNotFoundError)


def test_a_file_is_read_anew_although_its_size_and_time_are_the_same(tmp_path: Path) -> None:
    file = write(tmp_path, two_steps("self.got = 1"))
    assert run_file(file)("end", "got") == 1
    times = file.stat()
    file.write_text(file.read_text().replace("self.got = 1", "self.got = 2"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    file = file.rename(tmp_path / "my_flow.py")
    assert run_again(runtime_of(file, tmp_path / "other"), {})("end", "got") == 2


def test_loading_leaves_no_file_behind(tmp_path: Path) -> None:
    load_flow(write(tmp_path, two_steps("pass")))
    assert [path.name for path in tmp_path.iterdir()] == ["my_flow.py"]


def test_a_flow_called_like_a_module_of_python_hides_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, "import json\n" + two_steps("self.got = json.dumps([1])")).rename(tmp_path / "json.py")
    loaded = load_flow(file)
    assert (loaded.flow_class.__module__, sys.modules["json"]) == ("flow_json", json)


def test_the_modules_of_a_flow_are_its_own(tmp_path: Path) -> None:
    """Not those of Python, of this package or of an environment, even where they lie below the flow's folder."""
    installed = tmp_path / "env" / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "bought.py").write_text("")
    source = "import sys\nsys.path.append(__file__.rpartition('/')[0] + '/env/lib/site-packages')\n"
    file = write(tmp_path, f"{source}import bought, helper, lib.x\n" + two_steps("pass"), helper="", lib__x="")
    names = sorted(Path(str(module.__file__)).relative_to(tmp_path).as_posix() for module in load_flow(file).modules)
    assert names == ["helper.py", "lib/x.py", "my_flow.py"]


def test_a_flow_in_the_root_folder_does_not_own_python() -> None:
    files = [str(module.__file__) for module in LoadedFlow(FlowSpec, Path("/flow.py")).modules]
    assert not [
        file
        for file in files
        if file.startswith((os.path.dirname(os.__file__), str(Path(__file__).parents[2] / "airflow_provider_flows")))
    ]


def test_modules_outside_of_the_folder_are_the_flows_own_too_unless_they_are_installed(tmp_path: Path) -> None:
    installed = tmp_path / "bought"
    (installed / "thing-1.0.dist-info").mkdir(parents=True)
    (installed / "thing.py").write_text("")
    write(tmp_path / "lib", "", shared="")
    source = f"import sys\nsys.path += [{str(tmp_path / 'lib')!r}, {str(installed)!r}]\nimport shared, thing\n"
    loaded = load_flow(write(tmp_path / "flows", source + two_steps("pass")))
    assert {Path(str(module.__file__)).name for module in loaded.modules} == {"my_flow.py", "shared.py"}


def test_what_a_flow_put_on_the_path_goes_with_it(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "shared.py").write_text("VALUE = 1")
    source = f"import sys\nsys.path.insert(0, {str(tmp_path / 'lib')!r})\n" + LAZY.replace("helper", "shared")
    assert run_file(write(tmp_path / "one", source))("end", "got") == 1
    run = run_file(write(tmp_path / "two", LAZY.replace("helper", "shared")))
    assert run.failed and isinstance(run.failed.exception, ModuleNotFoundError)
    assert str(tmp_path / "lib") not in sys.path and str(tmp_path / "one") not in sys.path


def test_a_path_with_dots_is_as_good(tmp_path: Path) -> None:
    up = "import sys\nsys.path.insert(0, __file__.rpartition('/')[0] + '/../lib')\n"
    runs = []
    for number, name in enumerate(("one", "two")):
        write(tmp_path / name / "lib", "", shared=f"VALUE = {number}")
        runs.append(run_file(write(tmp_path / name / "flows", up + LAZY.replace("helper", "shared"))))
    assert [run("end", "got") for run in runs] == [0, 1]


def test_further_folders_come_on_the_path_behind_the_flows_own(tmp_path: Path) -> None:
    for number, name in enumerate(("flows", "a", "b")):
        write(tmp_path / name, LAZY, **{"helper": f"VALUE = {number}", name: ""})
    load_flow(tmp_path / "flows" / "my_flow.py", paths=[tmp_path / "a", tmp_path / "b"])
    assert sys.path[:3] == [str(tmp_path / name) for name in ("flows", "a", "b")]


def test_a_step_sees_its_own_source(tmp_path: Path) -> None:
    run = run_file(write(tmp_path, two_steps("import inspect\nself.got = inspect.getsource(type(self).end)")))
    assert "def end(self): pass" in run("end", "got")


def test_a_traceback_shows_the_flows_own_lines_alone(tmp_path: Path) -> None:
    run = run_file(write(tmp_path, two_steps("1 / 0  # here")))
    stacktrace = run.record("start").exception["stacktrace"]
    assert "1 / 0  # here" in stacktrace and "airflow_provider_flows" not in stacktrace
