"""The names of objects in the store: `/`-separated keys below the root, and nothing else. Any process."""

from __future__ import annotations

import re
from typing import Iterable

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.identity import TaskAddress, decode_id, encode_id

RUN_RECORDS = "_run"
SPLIT_RECORDS = "_splits"
TRIES = "_tries"
ENVIRONMENTS = "_environments"
LOG = ".log"
"""Ends the name of what an attempt printed, beside its record."""
CARDS = ".cards"
"""Ends the name of the folder of an attempt's cards, beside its record."""
LIVE = ".live"
"""Ends the name of a card as it was while its step ran."""
TEMPORARY = "#"
"""Marks the names of unfinished files: no encoded name can hold this character."""
LONGEST_RUN = 255 - len("1795322439131478.")
"""Bytes of a run's name: marks of the index have its time before it, and file systems allow 255."""
_NUMBER = re.compile(r"0|[1-9][0-9]*")
"""As this package writes numbers, and nobody else's `01` or `٣`."""


def component(name: str) -> str:
    """Return any text as one path component that cannot leave its folder, hide, or clash with a name of ours."""
    try:
        encoded = encode_id(name)
    except UnicodeEncodeError as error:
        raise StoreError(f"{name!r} cannot name anything in the store: {error}") from error
    if not encoded:
        raise StoreError("an empty text cannot name anything in the store")
    return f"%5F{encoded[1:]}" if encoded.startswith("_") else encoded


def name_of(encoded: str) -> str | None:
    """Undo `component`; None for what it never makes: the name of somebody else's file or folder."""
    name = decode_id(encoded)
    return name if _is_storable(name) and component(name) == encoded else None


def folders(children: Iterable[str]) -> list[str]:
    """Return the names that those folders stand for which are this package's, sorted."""
    found = (name_of(child[:-1]) for child in children if child.endswith("/"))
    return sorted(name for name in found if name is not None)


def number_of(child: str) -> int | None:
    """Return the number of a numbered record; None for any other name."""
    return int(child) if _NUMBER.fullmatch(child) else None


def numbers(children: Iterable[str]) -> list[int]:
    """Return the numbers of numbered records, sorted."""
    return sorted(number for number in map(number_of, children) if number is not None)


def log_numbers(children: Iterable[str]) -> list[int]:
    """Return the numbers of the attempts whose logs are there, sorted."""
    return numbers(child[: -len(LOG)] for child in children if child.endswith(LOG))


def card_numbers(children: Iterable[str]) -> list[int]:
    """Return the numbers of the attempts that have a folder of cards, sorted."""
    return numbers(child[: -len(CARDS) - 1] for child in children if child.endswith(f"{CARDS}/"))


def _is_storable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return bool(name)


def runs(flow: str) -> str:
    return f"{component(flow)}/runs"


def run(flow: str, run_id: str) -> str:
    name = component(run_id)
    if len(name) > LONGEST_RUN:
        raise StoreError(
            f"{run_id[:60]}… has {len(name)} bytes as the name of a run, and a store allows {LONGEST_RUN}. "
            "Shorten the DAG's id or the run's"
        )
    return f"{runs(flow)}/{name}"


def run_records(flow: str, run_id: str) -> str:
    return f"{run(flow, run_id)}/{RUN_RECORDS}"


def split_records(flow: str, run_id: str, step_name: str) -> str:
    return f"{run(flow, run_id)}/{SPLIT_RECORDS}/{component(step_name)}"


def environment(flow: str, run_id: str, digest: str) -> str:
    return f"{run(flow, run_id)}/{ENVIRONMENTS}/{component(digest)}"


def tries(flow: str, run_id: str, step_name: str, map_index: int) -> str:
    return f"{run(flow, run_id)}/{TRIES}/{component(step_name)}/{'task' if map_index < 0 else map_index}"


def step(flow: str, run_id: str, step_name: str) -> str:
    return f"{run(flow, run_id)}/{component(step_name)}"


def task(address: TaskAddress) -> str:
    return f"{step(address.flow, address.run, address.step)}/{component(address.task)}"


def attempt(address: TaskAddress, number: int) -> str:
    return f"{task(address)}/{number}"


def log(address: TaskAddress, number: int) -> str:
    return f"{attempt(address, number)}{LOG}"


def cards(address: TaskAddress, number: int) -> str:
    return f"{attempt(address, number)}{CARDS}"


def card(address: TaskAddress, number: int, place: int, is_live: bool) -> str:
    return f"{cards(address, number)}/{place}{LIVE if is_live else ''}"


def blobs(flow: str) -> str:
    return f"{component(flow)}/blobs"


def blob(flow: str, digest: str) -> str:
    return f"{blobs(flow)}/{component(digest[:2])}/{component(digest)}"


def code(flow: str, digest: str) -> str:
    return f"{component(flow)}/code/{component(digest)}"


def index(flow: str, kind: str) -> str:
    return f"{component(flow)}/index/{kind}"
