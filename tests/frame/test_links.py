"""The button that opens a step's records, where there is a page to open."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.operators import CompiledFlow, FlowStepOperator
from airflow_provider_flows.operators.links import ENDPOINTS, FlowRunLink, may_have_page

AZURE = "https://portal.azure.com/#view/Microsoft_Azure_Storage/ContainerMenuBlade/~/overview/storageAccountId/%2Fsub"
S3, GCS = "https://console.aws.amazon.com/s3/buckets", "https://console.cloud.google.com/storage/browser"
PLACE = "F/runs/manual__1%3A2/start"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {name for names in ENDPOINTS.values() for name in names}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIRFLOW_CONN_AMAZON", json.dumps({"conn_type": "aws"}))
    monkeypatch.setenv("AIRFLOW_CONN_OWN", json.dumps({"conn_type": "aws", "extra": {"endpoint_url": "http://s3.lan"}}))


def link(root: str) -> str | None:
    """Return what the button of a task opens; None when there is no button."""
    operator = FlowStepOperator(flow=CompiledFlow("F", "f.py", "", dict, datastore_root=root), task_id="start")
    operator.records_url = f"{root}/{PLACE}"
    found = [each for each in operator.operator_extra_links if isinstance(each, FlowRunLink)]
    return found[0].get_link(operator, ti_key=None) if found else None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("root", "page"),
    [
        ("s3://bucket/flows", f"{S3}/bucket?prefix=flows/F/runs/manual__1%253A2/start/"),
        ("s3://amazon@bucket/flows", f"{S3}/bucket?prefix=flows/F/runs/manual__1%253A2/start/"),
        ("gs://bucket/a b", f"{GCS}/bucket/a%20b/F/runs/manual__1%253A2/start"),
        ("gcs://bucket", f"{GCS}/bucket/F/runs/manual__1%253A2/start"),
        ("https://example.org/store", f"https://example.org/store/{PLACE}"),
        ("https://me:secret@example.org/store", f"https://example.org/store/{PLACE}"),
    ],
)
def test_a_store_opens_in_its_console_or_by_itself(root: str, page: str) -> None:
    assert link(root) == page


@pytest.mark.parametrize("root", ["/var/flows", "memory://flows", "abfs://container@account.dfs.core.windows.net/x"])
def test_a_store_without_a_page_has_no_button(root: str) -> None:
    assert link(root) is None


@pytest.mark.parametrize("connection", ["own", "not_there"])
def test_a_connection_to_a_server_of_ones_own_leads_to_no_console(connection: str) -> None:
    assert link(f"s3://{connection}@bucket/flows") == ""


@pytest.mark.parametrize(("root", "variable"), [("s3://b", "AWS_ENDPOINT_URL"), ("gs://b", "STORAGE_EMULATOR_HOST")])
def test_a_server_of_ones_own_has_no_console(root: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:5000")
    assert link(root) is None


@pytest.mark.parametrize(
    ("root", "template", "page"),
    [
        ("s3://own@b/x y", "https://minio.lan/browser/{bucket}/{prefix}", "https://minio.lan/browser/b/x%20y/"),
        ("abfs://c@account.dfs.core.windows.net/x", f"{AZURE}/path/{{bucket}}", f"{AZURE}/path/c#"),
        ("/var/flows", "http://files.lan/{path}/", "http://files.lan/"),
        ("s3://bucket", "https://only.lan", "https://only.lan#"),
    ],
)
def test_a_setting_says_what_opens_any_store(
    root: str, template: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__DATASTORE_BROWSER", template)
    end = "/" if template.endswith("/") else ""
    assert link(root) == (page[:-1] if page.endswith("#") else f"{page}F/runs/manual__1%253A2/start{end}")


@pytest.mark.parametrize("template", ["javascript:alert(1)", "https://x/{run}", "https://x/{bucket", "minio/{bucket}"])
def test_a_setting_that_cannot_be_used_is_told(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__DATASTORE_BROWSER", template)
    with pytest.raises(UsageError, match="datastore_browser"):
        may_have_page("s3://bucket")


def test_a_task_that_left_nothing_has_an_empty_link() -> None:
    operator = FlowStepOperator(flow=CompiledFlow("F", "f.py", "", dict, datastore_root="s3://b"), task_id="start")
    assert FlowRunLink().get_link(operator, ti_key=None) == ""  # type: ignore[arg-type]
