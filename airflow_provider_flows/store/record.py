"""What an attempt leaves behind, and how it is written into one envelope. Any process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from airflow_provider_flows.errors import ObjectDamaged
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import envelope

KIND = "attempt"
_LONGEST_REASON = 300


@dataclass(frozen=True)
class ArtifactRef:
    """One artifact's content, whatever its name: carried forward without being read.

    Two refs have the same `digest` if and only if the pickled contents are the same.
    """

    digest: str
    """BLAKE3 of the content, in hex; the name of the blob."""
    type: str
    """The object's class: `int`, `pandas.DataFrame`."""
    size: int
    """Bytes of the pickled content, buffers included, before compression."""
    inline: bytes | None = field(default=None, repr=False, compare=False)
    """The pickle itself when it is small enough to live in the record; None when it is in a blob."""


@dataclass(frozen=True)
class ParentRef:
    """The attempt of a parent that this attempt went on from."""

    step: str
    task: str
    attempt: int


@dataclass(frozen=True)
class AttemptRecord:
    """One attempt of one task, as it ended. Times are seconds since the epoch."""

    address: TaskAddress
    attempt: int
    outcome: str
    """`ok`, `caught` or `failed`."""
    retry_count: int = 0
    epoch: int = 0
    started_at: float = 0.0
    finished_at: float = 0.0
    path: tuple[int, ...] = ()
    iteration: int | None = None
    parents: tuple[ParentRef, ...] = ()
    code: str | None = None
    """Digest of the flow's sources that the attempt ran, where they are kept."""
    transition: tuple[str, ...] | None = None
    num_splits: int | None = None
    split_labels: tuple[str, ...] | None = None
    exception: dict[str, str] | None = None
    """`type`, `message` and `stacktrace`."""
    metadata: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, ArtifactRef] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        """What the attempt failed of, caught or not, in one line: `ZeroDivisionError: division by zero`."""
        if self.exception is None:
            return None
        kind = self.exception["type"].removeprefix("builtins.")
        message = self.exception["message"].strip().partition("\n")[0]
        message = message if len(message) <= _LONGEST_REASON else message[:_LONGEST_REASON] + "…"
        return f"{kind}: {message}" if message else kind

    def ref(self) -> ParentRef:
        """Return what an attempt that builds on this one says of it."""
        return ParentRef(self.address.step, self.address.task, self.attempt)


_PLAIN = (
    "attempt", "outcome", "retry_count", "epoch", "started_at", "finished_at", "path", "iteration", "code",
    "transition", "num_splits", "split_labels", "exception", "metadata",
)  # fmt: skip
_TUPLES = ("path", "transition", "split_labels")


def to_bytes(record: AttemptRecord, key: bytes | None = None) -> bytes:
    """Return the record in its envelope, small artifacts in the body."""
    fields: dict[str, Any] = {"address": _address(record.address)}
    fields.update((name, getattr(record, name)) for name in _PLAIN)
    fields["parents"] = [[parent.step, parent.task, parent.attempt] for parent in record.parents]
    body, entries = bytearray(), {}
    for name, ref in record.artifacts.items():
        entries[name] = {"digest": ref.digest, "type": ref.type, "size": ref.size}
        if ref.inline is not None:
            entries[name]["inline"] = [len(body), len(ref.inline)]
            body += ref.inline
    return envelope.seal(KIND, {**fields, "artifacts": entries}, bytes(body), key)


def from_bytes(data: bytes, address: TaskAddress, attempt: int, url: str, key: bytes | None = None) -> AttemptRecord:
    """Return the record of `attempt` at `address` that was read from `url`; raises as `envelope.unseal` does."""
    place = {"address": _address(address), "attempt": attempt}
    header, body = envelope.unseal(data, KIND, place, url, key)
    try:
        return _from_header(header, body, address)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ObjectDamaged(f"{url} does not follow the format of an attempt record: {error!r}") from error


def _address(address: TaskAddress) -> list[str]:
    return [address.flow, address.run, address.step, address.task]


def _from_header(header: dict[str, Any], body: memoryview, address: TaskAddress) -> AttemptRecord:
    values = {name: header[name] for name in _PLAIN}
    for name in _TUPLES:
        values[name] = None if values[name] is None else tuple(values[name])
    return AttemptRecord(
        address=address,
        parents=tuple(ParentRef(*parent) for parent in header["parents"]),
        artifacts={name: _ref(entry, body) for name, entry in header["artifacts"].items()},
        **values,
    )


def _ref(entry: dict[str, Any], body: memoryview) -> ArtifactRef:
    inline = None
    if "inline" in entry:
        start, length = entry["inline"]
        inline = bytes(body[start : start + length])
    return ArtifactRef(digest=entry["digest"], type=entry["type"], size=entry["size"], inline=inline)
