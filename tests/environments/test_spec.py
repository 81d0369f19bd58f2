"""What packages and Pythons may be asked for, and how each is written for uv."""

from __future__ import annotations

import json

import pytest
from airflow_provider_flows.environments import EnvironmentSpec
from airflow_provider_flows.environments.spec import checked, requirement
from airflow_provider_flows.errors import UsageError


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("1.3.2", "six==1.3.2"),
        ("==1.3.2", "six==1.3.2"),
        (">=1,<2", "six<2,>=1"),
        ("1.*", "six==1.*"),
        ("", "six"),
        (None, "six"),
        (2, "six==2"),
        (1.5, "six==1.5"),
        ("https://host.example/six-1.0-py3-none-any.whl", "six @ https://host.example/six-1.0-py3-none-any.whl"),
        ("@ file:///wheels/six-1.0-py3-none-any.whl", "six @ file:///wheels/six-1.0-py3-none-any.whl"),
        ("/wheels/six-1.0-py3-none-any.whl", "six @ file:///wheels/six-1.0-py3-none-any.whl"),
    ],
)
def test_versions_become_lines_of_a_requirements_file(version: object, line: str) -> None:
    assert requirement("six", version) == line


def test_extras_stay() -> None:
    assert requirement("pandas[parquet]", "2.2.0") == "pandas[parquet]==2.2.0"


@pytest.mark.parametrize(
    ("name", "version", "says"),
    [
        ("six", "git+https://host.example/six", "version control"),
        ("six", "@ git+ssh://host.example/six", "version control"),
        ("six", "one", "not a version"),
        ("six", "1.0 --hash=x", "not a version"),
        ("six", ["1.0"], "Write it as text"),
        ("-r requirements.txt", "", "not the name of a package"),
        ("six\nrequests", "", "not the name of a package"),
        ("", "1", "not the name of a package"),
        (7, "1", "not the name of a package"),
    ],
)
def test_what_cannot_be_installed_is_rejected(name: object, version: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        requirement(name, version)


@pytest.mark.parametrize("python", ["3.9", "3.12", "3.12.1", None])
def test_pythons_that_steps_can_run_in(python: str | None) -> None:
    assert checked(python) == python


@pytest.mark.parametrize("python", ["3.8", "2.7", "3", "4.0", "latest", 3.12, "3.12; rm", ""])
def test_other_pythons_are_rejected(python: object) -> None:
    with pytest.raises(UsageError, match="Write a version from"):
        checked(python)


def test_the_order_of_packages_does_not_matter_and_json_keeps_all() -> None:
    one, other = EnvironmentSpec.of({"b": "1", "a": "2"}, "3.12"), EnvironmentSpec.of({"a": "2", "b": "1"}, "3.12")
    assert one == other == EnvironmentSpec.from_json(json.loads(json.dumps(one.to_json())))
    assert str(one) == "a==2, b==1 on Python 3.12"
