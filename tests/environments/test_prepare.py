"""Environments are built from the package index by uv, and found again; what cannot be built says why."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from airflow_provider_flows.environments import EnvironmentSpec, ReadyEnvironment, prepare
from airflow_provider_flows.environments.interpreter import find_interpreter
from airflow_provider_flows.environments.resolve import lock, this_machine
from airflow_provider_flows.errors import EnvironmentFailed, EnvironmentUnavailable, UsageError

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def other_pythons() -> list[str]:
    return [version for version in ("3.9", "3.10", "3.11", "3.12", "3.13") if version != HERE and is_there(version)]


def is_there(version: str) -> bool:
    try:
        return bool(find_interpreter(version))
    except EnvironmentFailed:
        return False


def printed(ready: ReadyEnvironment, code: str) -> str:
    return subprocess.run(ready.command(code), capture_output=True, text=True, check=True).stdout.strip()


def test_it_is_built_once_and_found_again() -> None:
    said: list[str] = []
    spec = EnvironmentSpec.of({"six": "1.16.0", "toolz": ">=0.12,<1"})
    first, again = prepare(spec, said.append), prepare(spec, said.append)
    assert first == again
    assert len(said) == 1 and "six==1.16.0, toolz<1,>=0.12" in said[0]
    assert [each.partition("=")[0] for each in first.packages] == ["six", "toolz"]


def test_it_holds_its_packages_and_nothing_of_airflow() -> None:
    ready = prepare(EnvironmentSpec.of({"six": "1.16.0"}))
    found = "import importlib.util as u; print([bool(u.find_spec(n)) for n in ('six', 'airflow', 'rich', 'pytest')])"
    assert printed(ready, found) == "[True, False, False, False]"


def test_a_step_has_its_own_versions_of_what_we_need() -> None:
    ready = prepare(EnvironmentSpec.of({"blake3": "0.4.1", "click": "7.1.2"}))
    code = """
import blake3, click
from airflow_provider_flows.own_copies import blake3_package
from airflow_provider_flows.store.digest import blake3 as digest
print(blake3.__version__, click.__version__, blake3_package().__version__ != blake3.__version__, digest(b"x").hex()[:8])
"""
    assert printed(ready, code) == "0.4.1 7.1.2 True 3ae7d805"


@pytest.mark.parametrize("python", other_pythons()[:1] or [pytest.param("", marks=pytest.mark.skip("one Python"))])
def test_another_python_can_be_asked_for(python: str) -> None:
    ready = prepare(EnvironmentSpec.of({"zstandard": ""}, python))  # a compiled wheel
    code = "import sys, zstandard; print('%s.%s' % sys.version_info[:2], bool(zstandard.ZstdCompressor()))"
    assert printed(ready, code) == f"{python} True"


def test_a_local_wheel_is_installed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "own-thing"\nversion = "1.0"\n'
    )
    (project / "own_thing.py").write_text("answer = 42\n")
    subprocess.run([sys.executable, "-m", "uv", "build", "--wheel", "--quiet", str(project)], check=True)
    wheel = next((project / "dist").glob("*.whl"))
    ready = prepare(EnvironmentSpec.of({"own-thing": f"file://{wheel}"}))
    assert printed(ready, "import own_thing; print(own_thing.answer)") == "42"


@pytest.mark.parametrize(
    ("packages", "says"),
    [
        ({"no-such-package-of-anyone": "1.0"}, "no-such-package-of-anyone"),
        ({"six": "999.0"}, "six==999.0"),
        ({"moto": "5.0.0", "werkzeug": "0.1"}, "unsatisfiable"),
        ({"six": "file:///nowhere/six-1.0-py3-none-any.whl"}, "nowhere"),
    ],
)
def test_what_cannot_be_installed_says_why_and_leaves_nothing(packages: dict[str, str], says: str, cache: Path) -> None:
    before = sorted(each.name for each in cache.iterdir() if not each.name.startswith("."))
    with pytest.raises(EnvironmentFailed, match=says):
        prepare(EnvironmentSpec.of(packages))
    assert sorted(each.name for each in cache.iterdir() if not each.name.startswith(".")) == before


def test_an_index_that_does_not_answer_may_do_so_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentUnavailable):
        prepare(EnvironmentSpec.of({"six": "1.15.0"}))


def test_a_python_that_is_not_there_names_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    with pytest.raises(EnvironmentFailed, match=rf"There is no Python 3\.99 .*{HERE.replace('.', '[.]')}"):
        find_interpreter("3.99")


def test_a_lock_has_versions_and_hashes_and_installs_nothing_else() -> None:
    spec = EnvironmentSpec.of({"six": ">=1.15,<1.17"})
    lines = lock(spec, this_machine())
    assert len(lines) == 1 and lines[0].startswith("six==1.16.0 --hash=sha256:")
    ready = prepare(replace(spec, lock=lines))
    assert printed(ready, "import six; print(six.__version__)") == "1.16.0"
    other = lines[0].replace("six==1.16.0", "six==1.15.0")
    with pytest.raises(EnvironmentFailed, match=r"[Hh]ash"):
        prepare(replace(spec, lock=(other,)))


def test_a_lock_can_be_for_another_platform_and_python() -> None:
    spec = EnvironmentSpec.of({"zstandard": "0.23.0", "cffi": ""}, "3.12")
    assert [line.partition("=")[0] for line in lock(spec, "linux-aarch64/3.11")] == ["cffi", "pycparser", "zstandard"]


@pytest.mark.parametrize("target", ["windows/3.12", "linux-x86_64", "3.12", ""])
def test_other_targets_are_rejected(target: str) -> None:
    with pytest.raises(UsageError, match="Write for instance linux"):
        lock(EnvironmentSpec.of({"six": "1.16.0"}), target)
