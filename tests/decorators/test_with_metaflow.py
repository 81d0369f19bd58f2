"""Flows with decorators do here what genuine Metaflow does, but for quirks that are fixed, each by name.

A task of Metaflow takes about a second, so only a few flows run by default; `-m slow` runs the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import records
from tests.conformance.records import left_by
from tests.decorators.twins import TWINS, Twin
from tests.support.runner import run_again, runtime_of

Left = dict[str, Any]


def by_metaflow(twins: Iterable[Twin], python: str, root: Path) -> dict[str, Left]:
    """Return how the runs ended and what their tasks left, by the twin's name."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("METAFLOW", "PYTHON"))}
    environ.update(METAFLOW_USER="tester", METAFLOW_DATASTORE_SYSROOT_LOCAL=str(root))

    def run(twin: Twin) -> tuple[str, str, bool]:
        file = twin.write(root / twin.name)
        given = [part for spec in twin.specs for part in ("--with", spec)]
        command = [python, str(file), "--quiet", "--no-pylint", *given, "run", "--run-id-file", "run"]
        ended = subprocess.run(command, cwd=file.parent, env=environ, capture_output=True, text=True)
        run_id = file.parent / "run"
        return twin.name, f"{twin.class_name}/{run_id.read_text()}" if run_id.exists() else "", ended.returncode == 0

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(run, twins))
    pathspecs = [pathspec for _, pathspec, _ in ended if pathspec]
    reading = [python, str(Path(records.__file__).parent / "oracle.py"), *pathspecs]
    shown = subprocess.run(reading, cwd=root, env=environ, capture_output=True, text=True, check=True).stdout
    left = json.loads(shown)
    return {name: {"ok": ok, "tasks": left.get(pathspec, {})} for name, pathspec, ok in ended}


def by_us(twin: Twin, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Left:
    monkeypatch.setenv("TWIN", "xx")  # which who starts a process sets, as `@environment` asks
    runtime = runtime_of(twin.write(folder / twin.name), folder / "store", decorators=twin.specs)
    run = run_again(runtime, {})
    left = {"ok": run.failed is None, "tasks": left_by(runtime.store, runtime.name, "run")}
    return json.loads(json.dumps(left))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def quick(metaflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    return by_metaflow([twin for twin in TWINS if twin.quick], metaflow_python, tmp_path_factory.mktemp("metaflow"))


@pytest.fixture(scope="module")
def rest(metaflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    return by_metaflow([twin for twin in TWINS if not twin.quick], metaflow_python, tmp_path_factory.mktemp("metaflow"))


def assert_twins(twin: Twin, theirs: Left, ours: Left) -> None:
    if twin.differs:
        assert summary(ours) != summary(theirs) and (ours["ok"] or not theirs["ok"]), f"not true: {twin.differs}"
    else:
        assert summary(ours) == summary(theirs)


def summary(left: Left) -> Left:
    """Return what both must agree on."""
    return {"ok": left["ok"], **{name: comparable(task) for name, task in left["tasks"].items()}}


def comparable(task: Left) -> Left:
    """Return what a task left; of one that failed only its log, because Metaflow keeps the transition it had set."""
    if task["outcome"] == "failed":
        return {"outcome": "failed", "log": task["artifacts"].get("log")}
    return {key: task[key] for key in ("outcome", "next", "artifacts")}


@pytest.mark.parametrize("twin", [twin for twin in TWINS if twin.quick], ids=lambda twin: twin.name)
def test_decorators_do_what_metaflows_do(
    twin: Twin, quick: dict[str, Left], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_twins(twin, quick[twin.name], by_us(twin, tmp_path, monkeypatch))


@pytest.mark.slow
@pytest.mark.parametrize("twin", [twin for twin in TWINS if not twin.quick], ids=lambda twin: twin.name)
def test_all_decorators_do_what_metaflows_do(
    twin: Twin, rest: dict[str, Left], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_twins(twin, rest[twin.name], by_us(twin, tmp_path, monkeypatch))
