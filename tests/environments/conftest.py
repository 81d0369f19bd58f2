"""One cache for the environments of all these tests, which are built from the package index."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@pytest.fixture(autouse=True)
def cache(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use that cache in this process and those that it starts; return its folder."""
    monkeypatch.setenv("FLOWS_ENVIRONMENT_CACHE", str(shared_cache))
    return shared_cache
