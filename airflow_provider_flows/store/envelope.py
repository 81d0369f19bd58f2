"""The envelope around every record: versioned, covered by a digest, signed when there is a key. Any process.

    0   8  magic            8  2  major version    10  2  minor version    12  4  length of the header
    16 32  BLAKE3 of bytes 0 to 16 and of everything from byte 80 on
    48 32  HMAC-SHA256 over a tag and bytes 0 to 48, or zeros
    80     header: JSON, UTF-8; then the body

The first 48 bytes keep their meaning in all versions, so damage is told from a newer format. The digest covers
what follows, so signing the first 48 bytes signs it all.
"""

from __future__ import annotations

import hmac
import json
import struct
from typing import Any, Mapping

from airflow_provider_flows.errors import NewerFormat, ObjectDamaged, SignatureInvalid
from airflow_provider_flows.store.digest import blake3

MAGIC = b"FLOWSREC"
MAJOR, MINOR = 1, 0
_PREAMBLE = struct.Struct("<8sHHI")
_SIGNED, _START = 48, 80
_UNSIGNED = bytes(32)
_SIGNATURE_TAG = b"flows.signature.1\0"


def seal(kind: str, fields: dict[str, Any], body: bytes = b"", key: bytes | None = None) -> bytes:
    """Return the bytes of a record; `fields` must be JSON data."""
    header = json.dumps({"kind": kind, **fields}, separators=(",", ":"), allow_nan=True).encode()
    preamble = _PREAMBLE.pack(MAGIC, MAJOR, MINOR, len(header))
    signed = preamble + blake3(b"".join((preamble, header, body)))
    return b"".join((signed, _signature(signed, key), header, body))


def unseal(
    data: bytes, kind: str, place: Mapping[str, Any], url: str, key: bytes | None = None
) -> tuple[dict[str, Any], memoryview]:
    """Return header and body of the record that was read from `url`; nothing in it is unpickled.

    Raises NewerFormat; SignatureInvalid when there is a key and the record is not signed with it; and ObjectDamaged,
    also when it is not the record of this kind whose header says this `place`: one that was moved is never believed.
    """
    if len(data) < _START or data[:8] != MAGIC:
        raise ObjectDamaged(f"{url} is not a whole record: it has {len(data)} bytes that begin {data[:8]!r}")
    expected, actual = data[16:_SIGNED], blake3(b"".join((data[:16], data[_START:])))
    if expected != actual:
        raise ObjectDamaged(f"{url} is damaged: its digest should be {expected.hex()} and is {actual.hex()}")
    _, major, minor, length = _PREAMBLE.unpack_from(data)
    if major > MAJOR:
        raise NewerFormat(
            f"{url} has format {major}.{minor}, and this version reads up to {MAJOR}: upgrade airflow-provider-flows"
        )
    _check_signature(data, url, key)
    header = _json_object(data[_START : _START + length], url)
    wanted = {"kind": kind, **place}
    found = {name: header.get(name) for name in wanted}
    if found != wanted:
        raise ObjectDamaged(f"{url} holds the record of {_shown(found)}, and should hold that of {_shown(wanted)}")
    return header, memoryview(data)[_START + length :]


def _json_object(data: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ObjectDamaged(f"{url} is not a record of this package: its header is not a JSON object")
    return found


def _shown(place: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in place.items())


def _signature(signed: bytes, key: bytes | None) -> bytes:
    return hmac.digest(key, _SIGNATURE_TAG + signed, "sha256") if key is not None else _UNSIGNED


def _check_signature(data: bytes, url: str, key: bytes | None) -> None:
    if key is None:
        return
    found = data[_SIGNED:_START]
    if not hmac.compare_digest(found, _signature(data[:_SIGNED], key)):
        problem = "is not signed" if found == _UNSIGNED else "is signed with another key, or was altered"
        raise SignatureInvalid(f"{url} {problem}; [flows] signing_key is set, so it is rejected")
