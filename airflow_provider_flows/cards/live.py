"""Shows cards while their step runs: a thread writes the newest of each, never two at once. TASK phase."""

from __future__ import annotations

import contextvars
import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from airflow_provider_flows.cards.spec import CardSpec
from airflow_provider_flows.errors import words_of

log = logging.getLogger("airflow_provider_flows.cards")

Write = Callable[[CardSpec, Sequence[Any], Any], None]
"""Renders a card with these components and this data, and keeps it."""
_PATIENCE = 5.0
"""Seconds for which the end of a step waits for a write that is under way; the final card does not depend on it."""


@dataclass
class _Slot:
    """What is to be shown of one card next, and when; a later refresh takes the place of an earlier one."""

    spec: CardSpec
    components: Sequence[Any]
    data: Any
    due: float


class LiveCards:
    """`show` returns at once. A card is written at most every `refresh_interval` seconds; the last one always is."""

    def __init__(self, write: Write) -> None:
        self._write, self._context, self._pid = write, contextvars.copy_context(), os.getpid()
        self._changed = threading.Condition()
        self._slots: dict[int, _Slot] = {}
        self._written: dict[int, float] = {}
        self._failed: set[int] = set()
        self._thread: threading.Thread | None = None
        self._over = False

    def show(self, spec: CardSpec, components: Sequence[Any], data: Any, force: bool = False) -> None:
        """Show a card as it is now, with `force` regardless of its interval; forked processes do not."""
        if os.getpid() != self._pid:
            return
        with self._changed:
            if self._over:
                return
            last = self._written.get(spec.number)
            due = 0.0 if force or last is None else last + spec.refresh_interval
            self._slots[spec.number] = _Slot(spec, list(components), data, due)
            if self._thread is None:
                self._thread = threading.Thread(target=self._context.run, args=(self._run,), daemon=True, name="cards")
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """End it, because the final cards are about to be written; what was waiting is in them."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while True:
            slot = self._next()
            if slot is None:
                return
            try:
                self._write(slot.spec, slot.components, slot.data)
            except BaseException as error:  # a card may even call sys.exit()
                self._say(slot.spec, error)

    def _next(self) -> _Slot | None:
        """Return the card whose turn it is, once it is; None when it is over."""
        with self._changed:
            while not self._over:
                slot = min(self._slots.values(), key=lambda each: each.due, default=None)
                wait = None if slot is None else slot.due - time.monotonic()
                if slot is not None and wait is not None and wait <= 0:
                    del self._slots[slot.spec.number]
                    self._written[slot.spec.number] = time.monotonic()
                    return slot
                self._changed.wait(wait)
            return None

    def _say(self, spec: CardSpec, error: BaseException) -> None:
        if spec.number not in self._failed:
            self._failed.add(spec.number)
            log.warning("The %s could not be shown while the step runs: %s.", spec.name, words_of(error))
