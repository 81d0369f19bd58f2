"""A package holds the flow's own files, byte for byte, under paths that any machine has."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from airflow_provider_flows.compiler import package as room
from airflow_provider_flows.compiler.package import package
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.identity import code_digest as digest


def module(file: Path) -> ModuleType:
    found = ModuleType(file.stem)
    found.__file__ = str(file)
    return found


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    (tmp_path / "flow.py").write_text("import lib.part\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "part.py").write_bytes(b"\xef\xbb\xbfX = 1\r\n")
    (tmp_path / "data.bin").write_bytes(b"\xff\xfe\0")
    return tmp_path / "flow.py"


def test_the_flow_and_its_modules_are_packaged_by_relative_path(flow: Path) -> None:
    found = package(flow, [module(flow.parent / "lib" / "part.py"), sys, ModuleType("no_file"), pytest])
    assert found == {"flow.py": "import lib.part\n", "lib/part.py": "\ufeffX = 1\r\n"}


def test_modules_of_an_environment_in_the_folder_are_not(flow: Path) -> None:
    for folder in ("env/lib", "site-packages"):
        (flow.parent / folder).mkdir(parents=True)
        (flow.parent / folder / "installed.py").write_text("")
    (flow.parent / "env" / "pyvenv.cfg").write_text("")
    installed = [module(file) for file in flow.parent.rglob("installed.py")]
    assert len(installed) == 2
    assert list(package(flow, installed)) == ["flow.py"]


def test_included_files_are_text_if_they_are_utf8_else_bytes(flow: Path) -> None:
    (flow.parent / "latin.py").write_bytes("# coding: latin-1\n# é\n".encode("latin-1"))
    found = package(flow, [], ["*.bin", "lat*", "lib/**/*"])
    assert list(found) == ["data.bin", "flow.py", "latin.py", "lib/part.py"]
    assert found["data.bin"] == b"\xff\xfe\0"
    assert isinstance(found["latin.py"], bytes)


@pytest.mark.parametrize("glob", ["../*", "/etc/*", "nothing*", "lib"])
def test_a_glob_must_match_files_of_the_folder(flow: Path, glob: str) -> None:
    with pytest.raises(UsageError, match="--include"):
        package(flow, [], [glob])


def test_a_link_that_leads_out_of_the_folder_is_refused(flow: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("")
    (flow.parent / "linked").symlink_to(outside)
    with pytest.raises(UsageError, match="outside"):
        package(flow, [], ["linked"])


def test_too_much_is_refused_with_the_largest_files(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST", 10)
    with pytest.raises(UsageError, match=r"(?s)together.*flow\.py.*IncludeFile"):
        package(flow, [])


def test_a_digest_names_contents_and_not_their_order() -> None:
    assert digest({"a": "1", "b": b"2"}) == digest({"b": "2", "a": b"1"})
    assert digest({"a": "1"}) != digest({"a": "2"}) != digest({"b": "2"})
    assert digest({"a": "1b2"}) != digest({"a": "1", "b": "2"})
    assert digest({}).startswith("blake3:")
