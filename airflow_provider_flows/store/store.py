"""The store: runs, attempts, artifacts, fan-outs and sources of flows below one root. Any process."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence, TypeVar

from airflow_provider_flows.errors import AttemptExists, ObjectDamaged, ObjectMissing, StoreError, UnpicklableArtifact
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import blob, card, code_objects, codec, envelope, index, layout, log_format, record
from airflow_provider_flows.store.backend import Backend
from airflow_provider_flows.store.card import CardRecord
from airflow_provider_flows.store.culprit import unpicklable
from airflow_provider_flows.store.digest import blake3
from airflow_provider_flows.store.history import History
from airflow_provider_flows.store.log_format import LogLine, LogSeal
from airflow_provider_flows.store.record import ArtifactRef, AttemptRecord
from airflow_provider_flows.store.saving import Draft, is_sound, save_object

T = TypeVar("T")
A = TypeVar("A")

_INLINE_BUDGET = 512 << 10
"""Bytes of small artifacts that one record may hold: each later step copies them."""
_AT_ONCE = 16


class Store:
    """What flows leave behind. Objects appear whole or not at all, and are checked whenever they are read.

    Methods that read raise ObjectDamaged, NewerFormat or, with a signing key, SignatureInvalid.
    """

    def __init__(self, backend: Backend, root: str, key: bytes | None = None) -> None:
        self.root = root
        self._backend, self._key = backend, key

    def __reduce__(self) -> tuple[object, ...]:
        """Nothing of a store goes to another process but its address: who unpickles it opens it there, with its key."""
        from airflow_provider_flows.store.open import open_store  # which makes stores, so it imports this module

        return open_store, (self.root,)

    # Runs

    def begin_run(self, flow: str, info: Mapping[str, Any]) -> str:
        """Begin a run with this record of JSON data, under an id that no other run has; return the id.

        It is the time in microseconds since 1970; where the clock is behind the newest run, one after that.
        """
        time = index.next_time(self._backend, flow, index.STARTED)
        while not self._run_records(flow, str(time)).create(0, {"info": dict(info)}):
            time += 1
        index.mark(self._backend, flow, index.STARTED, str(time), time)
        return str(time)

    def write_run(self, flow: str, run: str, info: Mapping[str, Any]) -> None:
        """Add a record of JSON data to a run, and mark the run as started now."""
        self._run_records(flow, run).append({"info": dict(info)})
        self.mark_started(flow, run)

    def mark_started(self, flow: str, run: str) -> None:
        """Note that a run started now."""
        index.mark(self._backend, flow, index.STARTED, run)

    def read_run(self, flow: str, run: str) -> dict[str, Any] | None:
        """Return the newest record of a run, None when there is none."""
        header = self._run_records(flow, run).newest()
        return None if header is None else dict(header["info"])

    def update_run(self, flow: str, run: str, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> dict[str, Any]:
        """Replace what a run's record says by what `change` makes of it, and return that.

        `change` is called again when somebody was faster. The record before it is kept, and no change is lost. A run
        that left no record is given one.
        """
        records = self._run_records(flow, run)
        while True:
            number = records.next_number()
            info = dict(change(self.read_run(flow, run) or {}))
            if records.create(number, {"info": info}):
                return info

    def mark_succeeded(self, flow: str, run: str) -> None:
        """Note that a run succeeded now."""
        index.mark(self._backend, flow, index.SUCCEEDED, run)

    def runs(self, flow: str) -> Iterator[str]:
        """Yield the flow's runs, last started first, listing no more than is asked for."""
        return index.newest_first(self._backend, flow, index.STARTED)

    def succeeded_runs(self, flow: str) -> Iterator[str]:
        """Yield the runs that succeeded, the last one first, listing no more than is asked for."""
        return index.newest_first(self._backend, flow, index.SUCCEEDED)

    def flows(self) -> list[str]:
        """Return the names of all flows, sorted."""
        names = layout.folders(self._backend.children(""))
        has_runs = self._each(lambda name: bool(self._backend.children(layout.runs(name))), names)
        return [name for name, has in zip(names, has_runs) if has]

    def steps(self, flow: str, run: str) -> list[str]:
        """Return the steps of which any task left a record, sorted."""
        return layout.folders(self._backend.children(layout.run(flow, run)))

    def tasks(self, flow: str, run: str, step: str) -> list[str]:
        """Return the ids of a step's tasks that left a record, sorted."""
        return layout.folders(self._backend.children(layout.step(flow, run, step)))

    def step_url(self, flow: str, run: str, step: str) -> str:
        """Return where the records of a step are, as a path or URL."""
        return self._backend.url(layout.step(flow, run, step))

    # Attempts

    def next_attempt(self, address: TaskAddress) -> int:
        """Return the number above all attempts that left a record or a log."""
        return max(self.attempts(address), default=-1) + 1

    def attempts(self, address: TaskAddress) -> list[int]:
        """Return the numbers of the attempts that left a record, a log or both, sorted."""
        there = self._backend.children(layout.task(address))
        return sorted({*layout.numbers(there), *layout.log_numbers(there)})

    def read_newest(self, address: TaskAddress) -> AttemptRecord | None:
        """Return the newest attempt that left a record, whatever its outcome; None when there is none."""
        numbers = layout.numbers(self._backend.children(layout.task(address)))
        return self.read_attempt(address, numbers[-1]) if numbers else None

    def read_attempt(self, address: TaskAddress, attempt: int) -> AttemptRecord | None:
        """Return one attempt, None when it left no record."""
        key = layout.attempt(address, attempt)
        try:
            data = self._backend.read(key)
        except FileNotFoundError:
            return None
        return record.from_bytes(data, address, attempt, self._backend.url(key), self._key)

    def read_step(self, flow: str, run: str, step: str) -> dict[str, AttemptRecord]:
        """Return the newest record of each of a step's tasks, by task id: one listing, then reads in parallel."""
        newest: dict[str, int] = {}
        prefix = layout.step(flow, run, step)
        for key in self._backend.walk(prefix):
            folder, _, name = key[len(prefix) + 1 :].partition("/")
            task, number = layout.name_of(folder), layout.number_of(name)
            if task is not None and number is not None:
                newest[task] = max(newest.get(task, -1), number)
        wanted = [(TaskAddress(flow, run, step, task), newest[task]) for task in sorted(newest)]
        found = self._each(lambda one: self.read_attempt(*one), wanted)
        return {address.task: one for (address, _), one in zip(wanted, found) if one is not None}

    def read_many(self, addresses: Iterable[TaskAddress]) -> list[AttemptRecord | None]:
        """Return `read_newest` of each address, in order; in parallel where that pays."""
        return self._each(self.read_newest, list(addresses))

    def commit(self, record_: AttemptRecord) -> None:
        """Write the record of an attempt, after everything it refers to: from now on the attempt is there.

        Raises AttemptExists when that number is taken; then nothing has changed.
        """
        key = layout.attempt(record_.address, record_.attempt)
        data = record.to_bytes(self._within_budget(record_), self._key)
        try:
            self._backend.create(key, data)
        except FileExistsError as error:
            raise AttemptExists(
                f"Attempt {record_.attempt} of {record_.address.pathspec} is in the store already "
                f"({self._backend.url(key)}): this task is also being run by another process"
            ) from error

    # Logs

    def write_log(self, address: TaskAddress, attempt: int, lines: Iterable[LogLine]) -> None:
        """Keep what an attempt printed, in place of what was kept before; an attempt may leave a log and no record."""
        self._backend.put(layout.log(address, attempt), log_format.to_bytes(lines, self._seal(address, attempt)))

    def read_log(self, address: TaskAddress, attempt: int) -> list[LogLine]:
        """Return what an attempt printed, as it came; empty when nothing was kept.

        With a key, the first line of each stream says so where the log is not signed with it.
        """
        data = self._read_log(address, attempt)
        return [] if data is None else log_format.from_bytes(data, self._seal(address, attempt))

    def newest_log(self, address: TaskAddress) -> int | None:
        """Return the newest attempt, whose log is the one to show; None when there is none.

        With a key, a log that is neither signed nor beside a record counts only where there is nothing else.
        """
        there = self._backend.children(layout.task(address))
        records = set(layout.numbers(there))
        numbers = sorted({*records, *layout.log_numbers(there)}, reverse=True)
        believed = (number for number in numbers if number in records or self._is_signed(address, number))
        return next(believed, numbers[0] if numbers else None)

    # Cards

    def write_card(self, card_: CardRecord) -> None:
        """Keep a card of an attempt, in place of what was kept of it before; one that is live beside the final one.

        So a write that was under way when the step ended can never stand in for the final card.
        """
        key = layout.card(card_.address, card_.attempt, card_.number, card_.state == card.LIVE)
        self._backend.put(key, card.to_bytes(card_, self._key))

    def card_url(self, card_: CardRecord) -> str:
        """Return where a card is, as a path or URL."""
        is_live = card_.state == card.LIVE
        return self._backend.url(layout.card(card_.address, card_.attempt, card_.number, is_live))

    def read_cards(self, address: TaskAddress, attempt: int) -> list[CardRecord]:
        """Return an attempt's cards in their order; of each the final one, or else what it was while the step ran."""
        there = self._backend.children(layout.cards(address, attempt))
        final = set(layout.numbers(there))
        live = set(layout.numbers(name[: -len(layout.LIVE)] for name in there if name.endswith(layout.LIVE))) - final
        wanted = sorted([*((number, False) for number in final), *((number, True) for number in live)])
        return self._each(lambda one: self._read_card(address, attempt, *one), wanted)

    def card_attempts(self, address: TaskAddress) -> list[int]:
        """Return the numbers of the attempts that have cards, or may have had, sorted."""
        return layout.card_numbers(self._backend.children(layout.task(address)))

    def cards_of_run(self, flow: str, run: str) -> dict[TaskAddress, int]:
        """Return the tasks of a run that have cards, each with its newest attempt that does: one listing."""
        newest: dict[TaskAddress, int] = {}
        prefix = layout.run(flow, run)
        for key in self._backend.walk(prefix):
            parts = key[len(prefix) + 1 :].split("/")
            numbers = layout.card_numbers([f"{parts[2]}/"]) if len(parts) == 4 else []
            step, task = (layout.name_of(part) for part in parts[:2]) if numbers else (None, None)
            if step is not None and task is not None:
                address = TaskAddress(flow, run, step, task)
                newest[address] = max(newest.get(address, -1), numbers[0])
        return newest

    # Artifacts

    def save(
        self,
        flow: str,
        objects: Mapping[str, object],
        *,
        on_error: Callable[[UnpicklableArtifact], None] | None = None,
    ) -> dict[str, ArtifactRef]:
        """Store objects and return their refs by name; they are durable when this returns.

        What cannot be pickled is passed to `on_error` as it is met and left out of the result; without `on_error`, the
        first such error is raised once all others are stored.
        """
        refs: dict[str, ArtifactRef] = {}
        errors: list[UnpicklableArtifact] = []
        with _Publisher(_AT_ONCE if self._backend.remote else 2) as publisher:
            for name, value in objects.items():
                try:
                    refs[name], draft = save_object(self._backend, flow, value)
                except (StoreError, MemoryError):
                    raise
                except Exception as error:
                    (on_error or errors.append)(unpicklable(name, value, error))
                else:
                    publisher.publish(draft)
        if errors:
            raise errors[0]
        return refs

    def load(self, flow: str, ref: ArtifactRef) -> Any:
        """Return the object; arrays of a local store are mapped from the file and may be changed without changing it.

        Raises ObjectMissing and ObjectDamaged; whatever the object's own classes raise passes through. A
        ModuleNotFoundError says which artifact needs the module.
        """
        try:
            return self._load(flow, ref)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"{error}, and an artifact of type {ref.type} needs it. Install it here, or read the artifact in a "
                "step that has it; steps that only pass it on need not",
                name=error.name,
            ) from error

    def _load(self, flow: str, ref: ArtifactRef) -> Any:
        if ref.inline is not None:
            return self._load_inline(ref)
        key = layout.blob(flow, ref.digest)
        try:
            source = self._backend.open_blob(key, ref.size)
        except FileNotFoundError as error:
            raise ObjectMissing(
                f"{self._backend.url(key)} is missing: it held an artifact of type {ref.type}, {ref.size} bytes"
            ) from error
        return blob.read(source, ref.digest)

    def is_sound(self, flow: str, ref: ArtifactRef) -> bool:
        """Say whether the content is there, and whole as far as `saving.is_sound` asks."""
        return ref.inline is not None or is_sound(self._backend, layout.blob(flow, ref.digest), ref.digest, ref.size)

    def load_many(self, flow: str, refs: Mapping[str, ArtifactRef]) -> dict[str, Any]:
        """Return the objects by name, loaded in parallel where that pays."""
        return dict(zip(refs, self._each(lambda ref: self.load(flow, ref), list(refs.values()))))

    # Fan-outs

    def write_splits(self, flow: str, run: str, step: str, counts: Sequence[tuple[tuple[int, ...], int]]) -> None:
        """Record into how many splits each task of a foreach step went: (split path, count)."""
        self._split_records(flow, run, step).append({"counts": [[list(path), count] for path, count in counts]})

    def read_splits(self, flow: str, run: str, step: str) -> list[tuple[tuple[int, ...], int]] | None:
        """Return what was recorded last, None when nothing was."""
        header = self._split_records(flow, run, step).newest()
        return None if header is None else [(tuple(path), count) for path, count in header["counts"]]

    # Environments

    def keep_packages(self, flow: str, run: str, digest: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Keep what was resolved for an environment, and return it; what another task of the run kept before, if any.

        So all tasks of a run have the same packages, on whatever machines they run.
        """
        self._environment_records(flow, run, digest).create(0, {"packages": list(lines)})
        kept = self.read_packages(flow, run, digest)
        return tuple(lines) if kept is None else kept

    def read_packages(self, flow: str, run: str, digest: str) -> tuple[str, ...] | None:
        """Return what was kept; None when nothing was."""
        header = self._environment_records(flow, run, digest).newest()
        return None if header is None else tuple(header["packages"])

    # Tries

    def write_try(self, flow: str, run: str, step: str, map_index: int, note: Mapping[str, Any]) -> None:
        """Note that a scheduler's try of a task begins, in place of the note of the one before; JSON data.

        A task is meant as the scheduler names it, -1 where it is not mapped: which split path that is, the flow says,
        and it may die before it can.
        """
        fields = {"flow": flow, "run": run, "step": step, "map_index": map_index, "try": dict(note)}
        key = layout.tries(flow, run, step, map_index)
        self._backend.put(key, envelope.seal("try", fields, key=self._key))

    def read_try(self, flow: str, run: str, step: str, map_index: int) -> dict[str, Any] | None:
        """Return the note of the task's newest try that began, None when there is none."""
        key = layout.tries(flow, run, step, map_index)
        try:
            data = self._backend.read(key)
        except FileNotFoundError:
            return None
        place = {"flow": flow, "run": run, "step": step, "map_index": map_index}
        header, _ = envelope.unseal(data, "try", place, self._backend.url(key), self._key)
        return dict(header["try"])

    # Sources

    def put_code(self, flow: str, digest: str, sources: Mapping[str, str | bytes]) -> None:
        """Keep a flow's sources (relative path -> text or bytes) under their digest, unless they are there."""
        key = layout.code(flow, digest)
        try:
            self.get_code(flow, digest)
        except StoreError:
            self._backend.put(key, code_objects.to_bytes(flow, digest, sources, self._key))

    def get_code(self, flow: str, digest: str) -> dict[str, str | bytes]:
        """Return the sources that are kept under `digest`; ObjectMissing."""
        key = layout.code(flow, digest)
        try:
            data = self._backend.read(key)
        except FileNotFoundError as error:
            raise ObjectMissing(f"{self._backend.url(key)} is missing: it held sources of {flow}") from error
        return code_objects.from_bytes(data, flow, digest, self._backend.url(key), self._key)

    def _seal(self, address: TaskAddress, attempt: int) -> LogSeal:
        return LogSeal(address, attempt, self._key)

    def _read_log(self, address: TaskAddress, attempt: int) -> bytes | None:
        try:
            return self._backend.read(layout.log(address, attempt))
        except FileNotFoundError:
            return None

    def _read_card(self, address: TaskAddress, attempt: int, number: int, is_live: bool) -> CardRecord:
        key = layout.card(address, attempt, number, is_live)
        try:
            data = self._backend.read(key)
        except FileNotFoundError as error:
            raise ObjectMissing(f"{self._backend.url(key)} is missing: it held a card") from error
        return card.from_bytes(data, address, attempt, number, is_live, self._backend.url(key), self._key)

    def _is_signed(self, address: TaskAddress, attempt: int) -> bool:
        """Say whether an attempt's log can be believed; without a key, every log can."""
        data = None if self._key is None else self._read_log(address, attempt)
        return self._key is None or (data is not None and self._seal(address, attempt).open(data)[1])

    def _run_records(self, flow: str, run: str) -> History:
        thing = {"flow": flow, "run": run}
        return History(self._backend, layout.run_records(flow, run), "run", thing, self._key)

    def _split_records(self, flow: str, run: str, step: str) -> History:
        thing = {"flow": flow, "run": run, "step": step}
        return History(self._backend, layout.split_records(flow, run, step), "splits", thing, self._key)

    def _environment_records(self, flow: str, run: str, digest: str) -> History:
        thing = {"flow": flow, "run": run, "environment": digest}
        return History(self._backend, layout.environment(flow, run, digest), "packages", thing, self._key)

    def _each(self, function: Callable[[A], T], items: Sequence[A]) -> list[T]:
        if not self._backend.remote or len(items) < 2:
            return [function(item) for item in items]
        with ThreadPoolExecutor(min(_AT_ONCE, len(items))) as pool:
            return list(pool.map(function, items))

    def _load_inline(self, ref: ArtifactRef) -> Any:
        data = ref.inline or b""
        actual = blob.content_digest([(codec.PICKLE, len(data), blake3(data))])
        if actual != ref.digest:
            raise ObjectDamaged(f"An artifact in a record is damaged: its digest should be {ref.digest}, is {actual}")
        return codec.load([memoryview(data)], [])

    def _within_budget(self, record_: AttemptRecord) -> AttemptRecord:
        """Move the largest of the small artifacts into blobs until the rest fits into the record."""
        refs = dict(record_.artifacts)
        inline = sorted((len(ref.inline), name) for name, ref in refs.items() if ref.inline is not None)
        total = sum(size for size, _ in inline)
        with _Publisher(_AT_ONCE if self._backend.remote else 2) as publisher:
            while total > _INLINE_BUDGET:
                size, name = inline.pop()
                total -= size
                draft = Draft(self._backend, record_.address.flow, inline=-1)
                draft.add(codec.PICKLE, memoryview(refs[name].inline or b""))
                refs[name] = draft.close(refs[name].type)
                publisher.publish(draft)
        return replace(record_, artifacts=refs)


class _Publisher:
    """Puts finished blobs in place in the background; leaving it waits for all of them, or discards them."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: list[tuple[Draft, Future[None]]] = []

    def publish(self, draft: Draft) -> None:
        if draft.is_blob:
            self._pool = self._pool or ThreadPoolExecutor(self._at_once)
            self._waiting.append((draft, self._pool.submit(draft.publish)))

    def __enter__(self) -> _Publisher:
        return self

    def __exit__(self, failed: object, *_exc_info: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=failed is not None)
        try:
            for _, future in self._waiting if failed is None else ():
                future.result()
        finally:
            for draft, _ in self._waiting:
                draft.discard()
