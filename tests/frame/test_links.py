"""The button that opens a step's records, where there is a page to open."""

from __future__ import annotations

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.operators.links import _ENDPOINTS, console_url


@pytest.mark.parametrize(
    ("location", "page"),
    [
        (
            "s3://bucket/flows/My/runs/manual__2026-11-01T00%3A00/start",
            "https://console.aws.amazon.com/s3/buckets/bucket?prefix=flows/My/runs/manual__2026-11-01T00%253A00/start/",
        ),
        ("gs://bucket/a b", "https://console.cloud.google.com/storage/browser/bucket/a%20b"),
        ("https://example.org/store", "https://example.org/store"),
    ],
)
def test_a_bucket_opens_in_its_console(location: str, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    assert console_url(location) == page


@pytest.mark.parametrize("location", ["/var/flows/My", "s3://my_conn@bucket/flows", "memory://flows", ""])
def test_what_may_not_open_has_no_link(location: str) -> None:
    assert console_url(location) is None


def test_a_bucket_on_a_server_of_ones_own_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    assert console_url("s3://bucket/flows") is None
