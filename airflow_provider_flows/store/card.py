"""What is kept of a card: for whom it was made, and its content, in the envelope of a record. Any process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.errors import ObjectDamaged
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import envelope
from airflow_provider_flows.store.compression import RAW, ZSTD, compress_bytes, decompress_bytes
from airflow_provider_flows.store.digest import blake3

KIND = "card"
PAGE, HTML = "page", "html"
"""Formats: data that readers lay out, and HTML as the card's author wrote it."""
LIVE, FINAL, FAILED = "live", "final", "failed"
"""States: shown while the step runs; made when it was over; what is shown of a card that could not be made."""
_WORTH_COMPRESSING = 4096


@dataclass(frozen=True)
class CardRecord:
    """One card of one attempt. `number` is its place among the step's, `created_at` in seconds since 1970."""

    address: TaskAddress
    attempt: int
    number: int
    type: str
    id: str | None
    state: str
    format: str
    created_at: float
    content: bytes
    """JSON of a page, or HTML; UTF-8."""
    data: Any = None
    """JSON data that the card was refreshed with last, or that its own JavaScript gets."""

    @property
    def hash(self) -> str:
        """Names the content: 32 hexadecimal digits."""
        return blake3(self.content).hex()[:32]


def to_bytes(card: CardRecord, key: bytes | None = None) -> bytes:
    """Return the card in its envelope; a large content is compressed."""
    is_large = len(card.content) > _WORTH_COMPRESSING
    encoding, body = (ZSTD, compress_bytes(card.content)) if is_large else (RAW, card.content)
    names = ("type", "id", "state", "format", "created_at", "data")
    fields = {
        **_place(card.address, card.attempt, card.number, card.state),
        **{name: getattr(card, name) for name in names},
    }
    return envelope.seal(KIND, {**fields, "encoding": encoding, "size": len(card.content)}, body, key)


def from_bytes(
    data: bytes, address: TaskAddress, attempt: int, number: int, is_live: bool, url: str, key: bytes | None = None
) -> CardRecord:
    """Return the card that was read from `url`; raises as `envelope.unseal` does."""
    place = {**_place(address, attempt, number, LIVE if is_live else FINAL)}
    header, body = envelope.unseal(data, KIND, place, url, key)
    try:
        content = bytes(body) if header["encoding"] == RAW else decompress_bytes(body, header["size"], url)
        names = ("type", "id", "state", "format", "created_at", "data")
        return CardRecord(address, attempt, number, content=content, **{name: header[name] for name in names})
    except (KeyError, TypeError, ValueError) as error:
        raise ObjectDamaged(f"{url} does not follow the format of a card: {error!r}") from error


def _place(address: TaskAddress, attempt: int, number: int, state: str) -> dict[str, Any]:
    names = [address.flow, address.run, address.step, address.task]
    return {"address": names, "attempt": attempt, "number": number, "live": state == LIVE}
