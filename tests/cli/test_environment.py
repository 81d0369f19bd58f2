"""`flows FLOW.py environment list|build|clean`, @conda, and what is said of environments that cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.laptop import Laptop

FLOW = """
from metaflow import FlowSpec, conda, conda_base, step

@conda_base(libraries={"conda-forge::six": "=1.16"})
class F(FlowSpec):
    @step
    def start(self):
        import six
        self.version = six.__version__
        self.next(self.end)

    @conda(disabled=True)
    @step
    def end(self):
        pass
"""
CONDA = ("--conda-as", "pypi")
pytestmark = pytest.mark.usefixtures("package_index")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"FLOWS_ENVIRONMENT_CACHE": str(tmp_path / "environments")}


def test_environments_are_listed_built_and_removed(laptop: Laptop, cache: dict[str, str]) -> None:
    laptop.write(FLOW)
    before = laptop(*CONDA, "environment", "list", **cache)
    assert (before.code, before.out) == (0, "start: six==1.16.*\n    not built on this machine\n")
    built = laptop(*CONDA, "environment", "build", **cache)
    folder = built.out.partition(": ")[2].strip()
    assert built.code == 0 and Path(folder, "bin", "python").exists()
    assert laptop(*CONDA, "environment", "list", **cache).out == f"start: six==1.16.*\n    {folder}\n    six==1.16.0\n"
    assert laptop(*CONDA, "environment", "clean", **cache).out == f"Removed {folder}\n"
    assert not Path(folder).exists()
    assert laptop(*CONDA, "environment", "clean", **cache).out == ""


def test_packages_of_conda_come_from_the_package_index(laptop: Laptop, cache: dict[str, str]) -> None:
    run = laptop.write(FLOW).run(*CONDA, "--environment=conda", **cache)
    assert run("start", "version") == "1.16.0"


def test_conda_is_rejected_unless_it_is_asked_for(laptop: Laptop) -> None:
    said = laptop.write(FLOW).rejected("check")
    assert "conda is not supported here. --conda-as pypi" in said and "a_flow.py:4" in said


def test_a_step_whose_conda_is_disabled_needs_no_setting(laptop: Laptop) -> None:
    laptop.write(FLOW.replace('libraries={"conda-forge::six": "=1.16"}', "disabled=True").replace("import six", "pass"))
    laptop.file.write_text(laptop.file.read_text().replace("six.__version__", "0"))
    assert laptop("check").code == 0


@pytest.mark.parametrize(
    ("above", "says"),
    [
        ('@pypi(packages=["six"])', "packages of @pypi is ['six']. Write {'name': 'version'}."),
        ('@pypi(packages={"six": "git+https://host.example/six"})', "comes from version control"),
        ('@pypi(packages={}, python="2.7")', "Write a version from 3.9 on"),
        ('@pypi(package={"six": ""})', "does not support the attribute 'package'"),
        ("@pypi(packages={})\n    @conda(packages={})", "Keep one of them"),
        ('@conda(packages={"cudatoolkit": "11"})', "is not a Python package"),
        ('@pypi(packages={"no-such-package-of-anyone": "1"})', "no-such-package-of-anyone"),
    ],
)
def test_what_cannot_be_is_said_at_its_line(laptop: Laptop, cache: dict[str, str], above: str, says: str) -> None:
    laptop.write(
        f"""
from metaflow import FlowSpec, conda, pypi, step

class F(FlowSpec):
    {above}
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
    )
    said = laptop.rejected(*CONDA, "run", **cache)
    assert says in said and "a_flow.py:5" in said
    assert not (laptop.folder / "store").exists(), "no run began"
