"""`_cmd` and `_secret` give the store's address and its key wherever Airflow is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import SignatureInvalid, UsageError
from airflow_provider_flows.store import open_store

from tests.support.dags import compile_dag, run_dag

FLOW = """
from metaflow import Flow, FlowSpec, current, step

class AskingFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        self.read = Flow("AskingFlow")[current.run_id]["start"].task.finished
"""
BACKEND = """
from airflow.sdk.bases.secrets_backend import BaseSecretsBackend

class Backend(BaseSecretsBackend):
    def get_config(self, key):
        return {"flows/key": "kept in a vault"}.get(key)
"""


@pytest.fixture
def airflow(airflow_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Airflow with a secrets backend, and nothing asked so far."""
    from airflow_provider_flows import operators

    (tmp_path / "vault.py").write_text(BACKEND)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", "vault.Backend")
    operators.ask_airflow.cache_clear()
    return airflow_home


def test_a_dag_uses_the_store_and_the_key_that_airflow_finds(
    airflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, asked = tmp_path / "found", tmp_path / "asked"
    (tmp_path / "root.sh").write_text(f"echo once >> {asked}\necho {root}\n")
    (tmp_path / "asking_flow.py").write_text(FLOW)
    monkeypatch.setenv("AIRFLOW__FLOWS__DATASTORE_ROOT_CMD", f"sh {tmp_path}/root.sh")
    monkeypatch.setenv("AIRFLOW__FLOWS__SIGNING_KEY_SECRET", "flows/key")
    run = run_dag(airflow, compile_dag(airflow, tmp_path / "asking_flow.py"))
    assert run("end", "read") is True
    assert asked.read_text() == "once\n"
    assert open_store(str(root), signing_key="kept in a vault").read_run("AskingFlow", run.run_id)
    with pytest.raises(SignatureInvalid):
        open_store(str(root), signing_key="another").read_run("AskingFlow", run.run_id)


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("SIGNING_KEY_CMD", "sh -c 'echo said; echo why >&2; exit 3'", "ended with exit code 3. why"),
        ("SIGNING_KEY_CMD", "/no/such/program", "No such file or directory"),
        ("SIGNING_KEY_CMD", "", "it is empty. Write a command"),
        ("SIGNING_KEY_CMD", "sleep 9", "it was not done after 0.5 seconds"),
        ("SIGNING_KEY_CMD", "true", "what it gives is empty"),
        ("SIGNING_KEY_SECRET", "flows/other", "what it gives is empty"),
    ],
)
def test_what_airflow_cannot_find_is_an_error(
    airflow: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW__FLOWS__{option}", value)
    monkeypatch.setattr("airflow_provider_flows.operators.asking._PATIENCE", 0.5)
    with pytest.raises(UsageError, match=f"AIRFLOW__FLOWS__{option} gives no signing_key") as error:
        open_store()
    assert says in str(error.value) and "said" not in str(error.value).replace(value or "?", "")
