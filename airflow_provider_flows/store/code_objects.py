"""A flow's packaged sources in one envelope. Worker and launcher."""

from __future__ import annotations

from typing import Mapping

from airflow_provider_flows.identity import source_bytes
from airflow_provider_flows.store import envelope

KIND = "code"


def to_bytes(flow: str, digest: str, sources: Mapping[str, str | bytes], key: bytes | None) -> bytes:
    """Return the sources, sorted by path."""
    body, files = bytearray(), []
    for path in sorted(sources):
        text = sources[path]
        data = source_bytes(text)
        files.append([path, isinstance(text, str), len(body), len(data)])
        body += data
    return envelope.seal(KIND, {"flow": flow, "digest": digest, "files": files}, bytes(body), key)


def from_bytes(data: bytes, flow: str, digest: str, url: str, key: bytes | None) -> dict[str, str | bytes]:
    """Return the sources of a flow that were stored under `digest`; raises as `envelope.unseal` does."""
    header, body = envelope.unseal(data, KIND, {"flow": flow, "digest": digest}, url, key)
    sources: dict[str, str | bytes] = {}
    for path, is_text, start, length in header["files"]:
        part = bytes(body[start : start + length])
        sources[path] = part.decode("utf-8", "surrogatepass") if is_text else part
    return sources
