"""What `flows-compile` writes runs on Airflow when the folder that it was compiled from is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.laptop import clean_environ
from tests.flow.sources import flow
from tests.packaging.conftest import Tree
from tests.support.dags import DagRun, put_dag, run_dag

COMPILE = "from airflow_provider_flows.cli.compile import main; main()"
UP = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parents[2]))\n"


def run_compiled(home: Path, tree: Tree, file: str, *options: str, **environ: str) -> DagRun:
    done = subprocess.run(
        [sys.executable, "-c", COMPILE, file, *options],
        cwd=tree.folder,
        env={**clean_environ(tree.folder), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert str(tree.folder) not in done.stdout
    tree.folder.rename(tree.folder.with_name("gone"))
    return run_dag(home, put_dag(home, done.stdout, "F"))


def test_a_package_that_only_a_step_imports(airflow_home: Path, tree: Tree) -> None:
    tree.flow("from helpers.numbers import twice\nself.got = twice(21)", helpers__factors="FACTOR = 2")
    tree.write({"helpers/numbers.py": "from .factors import FACTOR\ndef twice(n): return FACTOR * n"})
    assert run_compiled(airflow_home, tree, "flow.py")("end", "got") == 42


def test_a_flow_in_a_folder_of_its_package(airflow_home: Path, tree: Tree) -> None:
    body = "from team.tools.greet import greet\nimport team.jobs.beside\nself.got = greet('outside')"
    tree.flow(body, UP, "team/jobs/my.py", team__INIT="", team__jobs__INIT="", team__jobs__beside="")
    tree.write({"team/tools/greet.py": "def greet(name): return f'hello, {name}'"})
    assert run_compiled(airflow_home, tree, "team/jobs/my.py")("end", "got") == "hello, outside"


def test_code_and_data_on_pythonpath(airflow_home: Path, tree: Tree) -> None:
    read = "from pathlib import Path\nV = (Path(__file__).parent / '../data/x.txt').read_text()"
    tree.flow("import shared\nself.got = shared.V", file="flows/my.py", lib__shared=read).write({"data/x.txt": "seven"})
    path = f"{clean_environ(tree.folder)['PYTHONPATH']}:{tree.folder}/lib"
    options = ("--include", "../data/*")
    assert run_compiled(airflow_home, tree, "flows/my.py", *options, PYTHONPATH=path)("end", "got") == "seven"


@pytest.mark.parametrize("name", ["one", "two"])
def test_two_flows_have_helpers_of_one_name_outside_of_their_folders(airflow_home: Path, tree: Tree, name: str) -> None:
    tree.flow("from team.tools import V\nself.got = V", UP, "team/jobs/my.py", team__tools=f"V = {name!r}")
    assert run_compiled(airflow_home, tree, "team/jobs/my.py")("end", "got") == name


def test_default_files_where_the_command_is_given(airflow_home: Path, tree: Tree) -> None:
    defaults = 'c = Config("c", default="set/c.json")\ntext = IncludeFile("text", default="set/c.json")'
    body = f"{defaults}\ndef start(self): self.got = self.c.v, self.text"
    tree.write({"jobs/my.py": flow(body), "set/c.json": '{"v": 7}'})
    assert run_compiled(airflow_home, tree, "jobs/my.py")("start", "got") == (7, '{"v": 7}')


def test_a_whole_folder(airflow_home: Path, tree: Tree) -> None:
    body = "from pathlib import Path\nself.got = Path(__file__).with_name('q.sql').read_text()"
    tree.flow(body).write({"q.sql": "select 7", "x.csv": ""})
    assert run_compiled(airflow_home, tree, "flow.py", "--package-suffixes", ".py,.sql")("end", "got") == "select 7"
