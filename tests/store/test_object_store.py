"""Which server, bucket and identity obstore opens: those of fsspec's packages, or none at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store.bucket import LeftToFsspec
from airflow_provider_flows.store.object_store import find_bucket, open_object_store

from tests.support.s3 import SECRET, S3Server

KEY = {"conn_id": "c", "conn_type": "aws", "login": "of-the-connection", "password": SECRET}


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("AWS_", "AZURE_", "FSSPEC_", "GOOGLE_", "STORAGE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def server() -> Any:
    with S3Server("of-the-connection", "of-the-environment", "of-the-profile") as server:
        server.create_bucket("bucket")
        server.seen.clear()
        yield server


@pytest.fixture
def environment(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return monkeypatch


def keys(root: str, connection: dict[str, Any] | None = None) -> list[str] | None:
    store = open_object_store(root, connection)
    return None if store is None else [item["path"] for item in store.list().collect()]


def test_a_root_is_the_same_prefix_of_the_same_bucket(environment: pytest.MonkeyPatch) -> None:
    import s3fs

    for root in ("bucket", "bucket/a b%20c", "bucket/x@y/é"):
        open_object_store(f"s3://{root}").put("k/%5Fl+m:n", b"1")  # type: ignore[union-attr]
        assert s3fs.S3FileSystem().cat(f"{root}/k/%5Fl+m:n") == b"1"


@pytest.mark.parametrize("root", ["s3://bucket/a//b", "s3://bucket/../b", "memory://bucket", "/bucket", "s3x://bucket"])
def test_what_obstore_cannot_name_is_left_to_fsspec(environment: pytest.MonkeyPatch, root: str) -> None:
    assert open_object_store(root) is None


def test_a_connection_is_never_mixed_with_the_environment(environment: pytest.MonkeyPatch, server: S3Server) -> None:
    for name, value in {
        "AWS_SESSION_TOKEN": "another",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ENDPOINT": "http://127.0.0.1:9",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_BUCKET": "another",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }.items():
        environment.setenv(name, value)
    extra = {"endpoint_url": server.url, "region_name": "us-east-1"}
    assert keys("s3://c@bucket", {**KEY, "extra": json.dumps(extra)}) is not None
    assert server.seen == {"of-the-connection"}


@pytest.mark.parametrize(
    "extra",
    [{"role_arn": "arn:aws:iam::1:role/r"}, {"profile_name": "p"}, {"config_kwargs": {}}, {"aws_session_token": "t"}],
)
def test_a_connection_that_says_more_is_left_to_its_provider(
    environment: pytest.MonkeyPatch, extra: dict[str, Any]
) -> None:
    login = {} if "aws_session_token" in extra else KEY
    assert open_object_store("s3://c@bucket", {"conn_type": "aws", **login, "extra": json.dumps(extra)}) is None


def test_a_profile_is_read_as_botocore_reads_it(
    environment: pytest.MonkeyPatch, server: S3Server, tmp_path: Path
) -> None:
    environment.delenv("AWS_ENDPOINT_URL")
    environment.delenv("AWS_ACCESS_KEY_ID")
    environment.setenv("AWS_PROFILE", "mine")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[profile mine]\nregion = eu-west-1\nendpoint_url = {server.url}\n")
    (tmp_path / ".aws/credentials").write_text(
        f"[mine]\naws_access_key_id = of-the-profile\naws_secret_access_key = {SECRET}\n"
    )
    assert keys("s3://bucket") is not None
    assert server.seen == {"of-the-profile"}


def test_a_profile_that_is_not_there_is_an_error(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StoreError, match=r"s3://bucket cannot be opened: ProfileNotFound: .*nobody"):
        open_object_store("s3://bucket")


def test_nobody_in_particular_is_left_to_s3fs(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    assert open_object_store("s3://bucket") is None


def test_a_bucket_of_aws_in_an_unknown_region_is_left_to_s3fs(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("AWS_ENDPOINT_URL")
    assert open_object_store("s3://bucket") is None
    environment.setenv("AWS_REGION", "eu-west-1")
    assert open_object_store("s3://bucket").config["endpoint"] == "https://s3.eu-west-1.amazonaws.com"  # type: ignore


@pytest.mark.parametrize("variable", ["FSSPEC_S3_ANON", "FSSPEC_S3A_KEY", "AWS_USE_FIPS_ENDPOINT"])
def test_settings_that_only_fsspec_knows_are_left_to_it(environment: pytest.MonkeyPatch, variable: str) -> None:
    import fsspec.config

    environment.setattr(fsspec.config, "conf", {})
    environment.setenv(variable, "true")
    fsspec.config.set_conf_env(fsspec.config.conf)
    assert open_object_store("s3://bucket") is None


def test_no_secret_is_in_a_store_s_text(environment: pytest.MonkeyPatch) -> None:
    assert SECRET not in repr(open_object_store("s3://bucket"))


ACCOUNT = {"AZURE_STORAGE_ACCOUNT_NAME": "mine"}


@pytest.mark.parametrize(
    ("variables", "credentials"),
    [
        ({"AZURE_STORAGE_ACCOUNT_KEY": "a2V5"}, {"access_key": "a2V5"}),
        ({"AZURE_STORAGE_SAS_TOKEN": "?sv=1&sig=x"}, {"sas_token": "sv=1&sig=x"}),
        ({"AZURE_STORAGE_ACCOUNT_KEY": "a2V5", "AZURE_STORAGE_SAS_TOKEN": "?sv=1"}, {"access_key": "a2V5"}),
    ],
)
def test_azure_takes_the_first_that_adlfs_takes(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], credentials: dict[str, str]
) -> None:
    for name, value in {**ACCOUNT, **variables, "AZURE_STORAGE_ENDPOINT": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    found = find_bucket("az://container/x").bucket
    assert found.config["endpoint"] == "https://mine.blob.core.windows.net"
    assert {**found.credentials(), "expires_at": None} == {**credentials, "expires_at": None}
    connection = {"conn_type": "wasb", "extra": json.dumps({"account_name": "other", "account_key": "b3RoZXI="})}
    assert open_object_store("abfs://c@container/x", connection) is None, "adlfs would mix them"
    for name in (*ACCOUNT, *variables):
        monkeypatch.delenv(name)
    assert find_bucket("abfs://c@container/x", connection).bucket.credentials()["access_key"] == "b3RoZXI="


def test_a_connection_string_of_azure_names_server_and_key() -> None:
    text = "AccountName=mine;AccountKey=a2V5==;BlobEndpoint=http://127.0.0.1:1/mine;"
    found = find_bucket("abfs://c@container", {"conn_type": "wasb", "extra": {"connection_string": text}}).bucket
    assert (found.config["account_name"], found.config["endpoint"]) == ("mine", "http://127.0.0.1:1/mine")
    assert found.credentials()["access_key"] == "a2V5=="


@pytest.mark.parametrize(
    ("scheme", "extra", "why"),
    [
        ("s3", {"role_arn": "r"}, "the connection has role_arn in its extra"),
        ("abfs", {"tenant_id": "t"}, "the connection has tenant_id in its extra"),
        ("gs", {"impersonation_chain": "i"}, "the connection has impersonation_chain"),
        ("gs", {}, "the connection holds no key of a service account"),
        ("ftp", {}, "it knows no ftp://"),
    ],
)
def test_what_is_left_to_fsspec_has_a_reason(scheme: str, extra: dict[str, Any], why: str) -> None:
    kinds = {"s3": "aws", "gs": "google_cloud_platform"}
    with pytest.raises(LeftToFsspec, match=why):
        find_bucket(f"{scheme}://c@bucket", {"conn_type": kinds.get(scheme, "wasb"), "extra": extra})
