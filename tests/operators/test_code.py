"""The folder in which a worker lays out a flow's code: its path begins every line of a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.errors import CodeMismatch
from airflow_provider_flows.identity import SHORT_DIGEST, code_digest
from airflow_provider_flows.operators.code_folders import code_folder

SOURCES = {"flow.py": "x = 1\n", "lib/help.py": b"y = 2\n"}
DIGEST = code_digest(SOURCES)


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


WHOLE = {"flow.py": b"x = 1\n", "lib/help.py": b"y = 2\n"}


def test_the_path_is_short(tmp_path: Path) -> None:
    folder = code_folder(DIGEST, SOURCES, tmp_path)
    assert folder.parent == tmp_path
    assert len(folder.name) == SHORT_DIGEST
    assert content(folder) == WHOLE


def test_code_that_is_there_is_used_again(tmp_path: Path) -> None:
    folder = code_folder(DIGEST, SOURCES, tmp_path)
    before = (folder / "flow.py").stat().st_ino
    assert code_folder(DIGEST, SOURCES, tmp_path) == folder
    assert (folder / "flow.py").stat().st_ino == before
    assert [each.name for each in tmp_path.iterdir()] == [folder.name]


def test_digests_that_begin_alike_have_folders_of_their_own(tmp_path: Path) -> None:
    begins = DIGEST[: len("blake3:") + SHORT_DIGEST]
    others = {"flow.py": "x = 2\n"}
    first = code_folder(DIGEST, SOURCES, tmp_path)
    second = code_folder(f"{begins}{'0' * 52}", others, tmp_path)
    assert content(first) == WHOLE
    assert content(second) == {"flow.py": b"x = 2\n"}


@pytest.mark.parametrize("harm", ["altered", "removed"])
def test_a_folder_that_was_changed_is_not_used(tmp_path: Path, harm: str) -> None:
    for _ in range(2):  # first the folder of the short name, then that of the long one, which is fixed
        file = code_folder(DIGEST, SOURCES, tmp_path) / "lib" / "help.py"
        file.write_text("y = 3\n") if harm == "altered" else file.unlink()
    assert content(code_folder(DIGEST, SOURCES, tmp_path)) == WHOLE


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "a/../../out.py"])
def test_no_source_is_written_outside(tmp_path: Path, path: str) -> None:
    (tmp_path / "cache").mkdir()
    with pytest.raises(CodeMismatch):
        code_folder(DIGEST, {path: "x = 1\n"}, tmp_path / "cache")
    assert not (tmp_path / "out.py").exists()
