"""Where a store can be, each with both libraries that open it: folders, memory, S3, Azure, a stub of Google's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pytest

from tests.support import servers
from tests.support.s3 import SECRET, S3Server

BUCKET = "flows-conformance"


@dataclass(frozen=True)
class Place:
    """A URL under which buckets are there, and the environment that leads to it."""

    url: str
    environment: dict[str, str] = field(default_factory=dict)

    def new_root(self) -> str:
        """Return a root that nobody has used."""
        return f"{self.url}/{uuid.uuid4().hex}"


@contextmanager
def moto() -> Iterator[Place]:
    with S3Server("test") as server:
        server.create_bucket(BUCKET)
        yield _s3(server.url)


@contextmanager
def ministack() -> Iterator[Place]:
    import boto3

    with servers.ministack() as url:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket=BUCKET)
        yield _s3(url)


@contextmanager
def azurite() -> Iterator[Place]:
    blobs = pytest.importorskip("azure.storage.blob", reason="adlfs, which brings Azure's client, is not installed")
    with servers.azurite() as connection_string:
        blobs.BlobServiceClient.from_connection_string(connection_string).create_container(BUCKET)
        yield Place(f"az://{BUCKET}", {"AZURE_STORAGE_CONNECTION_STRING": connection_string})


@contextmanager
def gcs_stub() -> Iterator[Place]:
    with servers.GcsStub() as server:
        server.create_bucket(BUCKET)
        yield Place(f"gs://{BUCKET}", {"STORAGE_EMULATOR_HOST": server.url})


@contextmanager
def memory() -> Iterator[Place]:
    yield Place("memory://flows")


SERVERS: dict[str, Callable[[], AbstractContextManager[Place]]] = {
    "memory": memory,
    "moto": moto,
    "ministack": ministack,
    "azurite": azurite,
    "gcs-stub": gcs_stub,
}

PLACES = [
    "folder",
    "memory/fsspec",
    *(f"{server}/{backend}" for server in ("moto", "ministack", "azurite") for backend in ("fsspec", "obstore")),
    "gcs-stub/obstore",  # gcsfs waits a minute before it uses a server without TLS
]
"""A folder, or a server and what opens it."""


def forget_file_systems() -> None:
    """Let fsspec make new file systems: those that it keeps know the server and the keys that they were made for."""
    import fsspec

    for scheme in ("s3", "abfs"):
        try:
            fsspec.get_filesystem_class(scheme).clear_instance_cache()
        except ImportError:
            continue


def s3_environment(url: str, key: str = "test") -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _s3(url: str) -> Place:
    return Place(f"s3://{BUCKET}", s3_environment(url))
