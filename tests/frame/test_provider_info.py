"""What Airflow is told about the provider, and what being told costs it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airflow_provider_flows import __version__, provider_info

from tests.services import clean_environ

INFO: Any = provider_info.get_provider_info()
OPTIONS = INFO["config"]["flows"]["options"]


def modules_after(statement: str, environ: dict[str, str]) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    script = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    root = str(Path(provider_info.__file__).parent.parent)
    return {**clean_environ(), "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": root}


def test_it_fits_airflows_schema() -> None:
    schema = files("airflow").joinpath("provider_info.schema.json").read_text()
    jsonschema.validate(INFO, json.loads(schema))


def test_its_name_and_version_are_the_distributions() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'name = "{INFO["package-name"]}"\nversion = "{__version__}"' in project
    assert INFO["versions"][0] == __version__


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_every_option_says_what_it_is_for_and_since_when(name: str) -> None:
    option = OPTIONS[name]
    assert option["description"].endswith(".") and isinstance(option["default"], str | None)
    assert option["version_added"] and option["type"] == "string"
    assert option["sensitive"] == (name == "signing_key")


def test_it_imports_nothing() -> None:
    tree = ast.parse(Path(provider_info.__file__).read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_reading_it_loads_no_other_module_of_ours_and_nothing_that_was_installed(environ: dict[str, str]) -> None:
    before = modules_after("", environ)
    loaded = modules_after("from airflow_provider_flows.provider_info import get_provider_info as g; g()", environ)
    foreign = {name for name in loaded - before if name.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign == {"airflow_provider_flows", "airflow_provider_flows.provider_info"}
