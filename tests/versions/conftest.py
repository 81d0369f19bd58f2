"""What failed in a law is shown as in a test."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.versions.pages", "tests.versions.laws", "tests.versions.deployment")
