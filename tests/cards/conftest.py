"""Gives tests a user's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.laptop import Laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)
