"""Requests to a bucket through obstore: S3, Google Cloud Storage, Azure. Any process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, TypeVar

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store.aside import Aside
from airflow_provider_flows.store.backend_bucket import at_once

if TYPE_CHECKING:
    from airflow_provider_flows.store.object_store import ObjectStore

Result = TypeVar("Result")

_PART = 5 << 20
_MOST_PARTS = 9_000
_IN_ONE_REQUEST = 8 << 20
_CHUNK = 1 << 18
_PAGE = 1000


class ObstoreClient:
    """Objects are keys of a store of obstore's, which puts its own prefix before them."""

    creates_once = True

    def __init__(self, store: ObjectStore) -> None:
        from obstore.exceptions import AlreadyExistsError  # whoever made the store has imported it

        self._store, self._exists, self._aside = store, AlreadyExistsError, Aside()
        self.prefix = f"{store.prefix}/" if store.prefix else ""

    def ask(self, request: Callable[[ObstoreClient], Result]) -> Result:
        return self._aside.run(lambda: request(self))

    def get(self, key: str) -> bytes:
        return bytes(self._store.get(key).bytes())

    def get_range(self, key: str, start: int, target: memoryview) -> None:
        done, found = 0, self._store.get(key, options={"range": (start, start + len(target))})
        for part in found.stream(min_chunk_size=_CHUNK):  # the whole range at once would be in memory twice
            target[done : done + len(part)] = part
            done += len(part)
        if done < len(target):
            raise StoreError(f"{key} became shorter while it was read")

    def size(self, key: str) -> int:
        return int(self._store.head(key)["size"])

    def create(self, key: str, data: bytes) -> None:
        try:
            self._store.put(key, data, mode="create")
        except self._exists as error:
            raise FileExistsError(key) from error

    def put(self, key: str, data: bytes) -> None:
        self._store.put(key, data, use_multipart=False)

    def upload(self, path: str, key: str) -> None:
        size = os.path.getsize(path)
        if size <= _IN_ONE_REQUEST:
            self._store.put(key, Path(path), use_multipart=False)
        else:
            part = max(_PART, size // _MOST_PARTS)
            self._store.put(key, Path(path), chunk_size=part, max_concurrency=at_once(size, part, 2))

    def names(self, key: str) -> Iterable[str]:
        found, start = self._store.list_with_delimiter(key or None), len(key) + 1 if key else 0
        yield from (f"{folder[start:]}/" for folder in found["common_prefixes"])
        yield from (item["path"][start:] for item in found["objects"])

    def keys(self, key: str) -> Iterator[str]:
        for page in self._store.list(key or None, chunk_size=_PAGE):
            yield from (item["path"] for item in page)
