"""Numbered records of one thing, of which the highest number counts; older ones are kept. Any process."""

from __future__ import annotations

from typing import Any, Mapping

from airflow_provider_flows.store import envelope, layout
from airflow_provider_flows.store.backend import Backend


class History:
    """What was recorded of `thing`, in the folder `prefix`.

    A record says of which thing it is and what its number is, so none can stand in for another.
    """

    def __init__(self, backend: Backend, prefix: str, kind: str, thing: Mapping[str, str], key: bytes | None) -> None:
        self._backend, self._prefix, self._kind, self._thing, self._key = backend, prefix, kind, thing, key

    def next_number(self) -> int:
        """Return the number above all that are there."""
        return max(self._numbers(), default=-1) + 1

    def create(self, number: int, fields: Mapping[str, Any]) -> bool:
        """Write the record of this number; return False, and change nothing, when there is one."""
        data = envelope.seal(self._kind, {**self._thing, "number": number, **fields}, key=self._key)
        try:
            self._backend.create(f"{self._prefix}/{number}", data)
        except FileExistsError:
            return False
        return True

    def append(self, fields: Mapping[str, Any]) -> None:
        """Write one more record."""
        number = self.next_number()
        while not self.create(number, fields):
            number += 1

    def newest(self) -> dict[str, Any] | None:
        """Return the fields of the record that counts, None when there is none; raises as `envelope.unseal` does."""
        number = max(self._numbers(), default=None)
        if number is None:
            return None
        key = f"{self._prefix}/{number}"
        place = {**self._thing, "number": number}
        header, _ = envelope.unseal(self._backend.read(key), self._kind, place, self._backend.url(key), self._key)
        return header

    def _numbers(self) -> list[int]:
        return layout.numbers(self._backend.children(self._prefix))
