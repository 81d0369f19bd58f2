"""What no task uses any more does not stay on a worker's disk for ever; what is not ours does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.identity import code_digest
from airflow_provider_flows.operators.code_age import DAY, UNUSED_DAYS
from airflow_provider_flows.operators.code_folders import code_folder


def code(text: str, cache: Path) -> Path:
    sources = {"flow.py": text}
    return code_folder(code_digest(sources), sources, cache)


def aged(folder: Path, days: float) -> Path:
    folder.mkdir(exist_ok=True)
    os.utime(folder, (time.time() - days * DAY,) * 2)
    return folder


def test_code_that_was_not_used_for_long_goes_when_new_code_comes(tmp_path: Path) -> None:
    old, recent = aged(code("x = 1", tmp_path), UNUSED_DAYS + 1), aged(code("x = 2", tmp_path), UNUSED_DAYS - 1)
    new = code("x = 3", tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([recent, new]) and not old.exists()


def test_code_that_is_used_again_stays(tmp_path: Path) -> None:
    old = aged(code("x = 1", tmp_path), UNUSED_DAYS + 1)
    assert code("x = 1", tmp_path) == old
    code("x = 2", tmp_path)
    assert (old / "flow.py").exists()


def test_drafts_of_workers_that_died_go_after_a_day(tmp_path: Path) -> None:
    dead, living = aged(tmp_path / ".0123456789ab-abc", 2), aged(tmp_path / ".0123456789ab-xyz", 0.5)
    code("x = 1", tmp_path)
    assert not dead.exists() and living.exists()


@pytest.mark.parametrize("name", ["notes", ".git", "0123456789abcdef", ".config-x", "0123456789ab.txt"])
def test_what_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    theirs = aged(tmp_path / name, 1000)
    code("x = 1", tmp_path)
    assert theirs.exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    elsewhere = aged(tmp_path / "elsewhere", 1000)
    (tmp_path / "cache" / "0123456789ab").symlink_to(elsewhere)
    code("x = 1", tmp_path / "cache")
    assert elsewhere.exists()
