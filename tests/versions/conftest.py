"""What failed in a check is shown as in a test."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.versions.pages", "tests.versions.checks", "tests.versions.deployment")
