"""Folders of the cache are whole or not there, made once, and never used when they were changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.environments.folder import cache_root, made_once, manifest_of
from airflow_provider_flows.errors import EnvironmentUnavailable, UsageError

from tests.conftest import ROOT

_MAKE = """
import os, sys, time, signal
from pathlib import Path
from airflow_provider_flows.environments.folder import made_once

def make(draft):
    (draft / "file").write_text("whole")
    with open(sys.argv[2], "a") as log:
        log.write("made\\n")
    {then}
    return {{"packages": []}}

made_once(Path(sys.argv[1]), make)
"""


def start(folder: Path, log: Path, then: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _MAKE.format(then=then), str(folder), str(log)], cwd=ROOT)


def make(draft: Path) -> dict[str, Any]:
    (draft / "sub").mkdir()
    (draft / "sub" / "file").write_text("whole")
    return {"packages": ["six==1.16.0"]}


def test_of_processes_that_start_at_once_one_makes_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    started = [start(tmp_path / "made", log, "time.sleep(0.5)") for _ in range(4)]
    assert [each.wait() for each in started] == [0, 0, 0, 0]
    assert log.read_text() == "made\n"
    assert (tmp_path / "made" / "file").read_text() == "whole"


def test_a_killed_process_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    folder, log = tmp_path / "made", tmp_path / "log"
    assert start(folder, log, "os.kill(os.getpid(), signal.SIGKILL)").wait() == -signal.SIGKILL
    assert manifest_of(folder) is None
    assert made_once(folder, make)["packages"] == ["six==1.16.0"]
    assert not (folder / "file").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".draft")] == []


def test_a_process_waits_for_one_that_is_at_it_and_takes_over_when_that_dies(tmp_path: Path) -> None:
    folder, log = tmp_path / "made", tmp_path / "log"
    first = start(folder, log, "time.sleep(600)")
    while not log.exists() or not log.read_text():
        time.sleep(0.01)
    second = start(folder, log, "pass")
    first.kill()
    assert first.wait() == -signal.SIGKILL
    assert second.wait() == 0
    assert log.read_text() == "made\nmade\n"


@pytest.mark.parametrize("change", ["other", "more", "less", "no manifest", "no json"])
def test_a_folder_that_was_changed_is_made_anew(tmp_path: Path, change: str) -> None:
    folder = tmp_path / "made"
    made_once(folder, make)
    file = folder / "sub" / "file"
    if change == "other":
        file.write_text("other")
    elif change == "more":
        (folder / "sub" / "more").write_text("")
    elif change == "less":
        file.unlink()
    elif change == "no manifest":
        (folder / "environment.json").unlink()
    else:
        (folder / "environment.json").write_text("{")
    assert manifest_of(folder) is None
    made_once(folder, make)
    assert file.read_text() == "whole" and not (folder / "sub" / "more").exists()


def test_bytecode_that_python_writes_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    made_once(folder, make)
    (folder / "sub" / "__pycache__").mkdir()
    (folder / "sub" / "__pycache__" / "file.pyc").write_bytes(b"")
    assert manifest_of(folder) is not None


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    def fail(draft: Path) -> dict[str, Any]:
        (draft / "part").write_text("")
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentUnavailable, match="No space left"):
        made_once(tmp_path / "made", fail)
    assert not (tmp_path / "made").exists() and not (tmp_path / ".made.draft").exists()


def test_a_cache_that_others_can_change_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_ENVIRONMENT_CACHE", str(tmp_path / "open"))
    assert cache_root() == tmp_path / "open"
    os.chmod(tmp_path / "open", 0o777)
    with pytest.raises(UsageError, match="chmod go-w"):
        cache_root()


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOWS_ENVIRONMENT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(UsageError, match=r"Set \[flows\] environment_cache"):
        cache_root()
