"""Trees of files with a flow in them, their package, and the flow run from that package alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.identity import source_bytes
from airflow_provider_flows.packaging.options import PackageOptions
from airflow_provider_flows.packaging.package import Package, package

from tests.flow.sources import two_steps
from tests.support.runner import Run, run_again, runtime_of


@dataclass
class Tree:
    """A folder of its own with files in it."""

    folder: Path
    elsewhere: Path
    found: Package | None = None
    before: list[str] = field(default_factory=lambda: list(sys.path))

    def write(self, files: dict[str, str | bytes]) -> Tree:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def flow(self, body: str, top: str = "", file: str = "flow.py", **files: str | bytes) -> Tree:
        """Write a flow whose first step does `body`; `pkg__mod` is `pkg/mod.py`, `pkg__INIT` is `pkg/__init__.py`."""
        named = {f"{name.replace('__', '/').replace('INIT', '__init__')}.py": text for name, text in files.items()}
        return self.write({file: top + "\n" + two_steps(body), **named})

    def package(self, file: str = "flow.py", **asked: Any) -> Package:
        self.found = package(load_flow(self.folder / file), PackageOptions(**asked))
        return self.found

    def names(self, file: str = "flow.py", **asked: Any) -> list[str]:
        """Return the paths in the package, without those of the flow itself."""
        found = self.package(file, **asked)
        return [path for path in found.files if path != found.entry]

    def run_elsewhere(self, file: str = "flow.py", **asked: Any) -> Run:
        """Run the package in another folder, when this one and what was put on the path for it are gone."""
        found = self.package(file, **asked)
        for path, source in found.files.items():
            (self.elsewhere / path).parent.mkdir(parents=True, exist_ok=True)
            (self.elsewhere / path).write_bytes(source_bytes(source))
        self.folder.rename(self.folder.with_name("gone"))
        sys.path[:] = self.before
        loaded = load_flow(self.elsewhere / found.entry, paths=[self.elsewhere / path for path in found.paths])
        return run_again(runtime_of(loaded, self.elsewhere / ".store"), {})


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    before = list(sys.path)
    (tmp_path / "here").mkdir()
    yield Tree(tmp_path / "here", tmp_path / "there")
    sys.path[:] = before
    shutil.rmtree(tmp_path, ignore_errors=True)
