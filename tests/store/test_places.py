"""What somebody without the key can do to a signed store: each answer is the one it was, none at all, or an error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, LogLine, Store, open_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FLOWS, RUNS, STEPS, TASKS, NUMBERS = ("F", "G"), ("r", "s"), ("a", "b"), ("a", "a-0"), (0, 1, 2)
TEXTS = {flow: {"flow.py": f"print({flow!r})"} for flow in FLOWS}
NEVER = "what was never written"
KINDS = ("attempt", "log", "_run", "_splits", "_tries", "code", "blobs")

INDICES = (-1, 0)

Answers = dict[tuple[object, ...], object]


def fill(store: Store) -> None:
    """Write every kind of object, each with a value of its own, in some of the places."""
    for flow in FLOWS:
        store.put_code(flow, flow, TEXTS[flow])
        for run in RUNS:
            for version in range(2):
                store.write_run(flow, run, {"mine": f"{flow}{run}{version}"})
            for step in STEPS:
                for index in INDICES:
                    store.write_try(flow, run, step, index, {"mine": f"{flow}{run}{step}{index}"})
                for number in range(2):
                    store.write_splits(flow, run, step, [((len(flow + run), number), ord(run) + ord(step))])
                    for task in TASKS:
                        attempt(store, TaskAddress(flow, run, step, task), number)


def attempt(store: Store, address: TaskAddress, number: int) -> None:
    text = f"{address.pathspec} {number}"
    large = np.frombuffer(text.encode().ljust(20_000, b"."), dtype="u1")
    store.commit(AttemptRecord(address, number, "ok", artifacts=store.save(address.flow, {"s": text, "l": large})))
    store.write_log(address, number, [LogLine(1.5, "stdout", text), LogLine(2.5, "stderr", text)])


def questions(store: Store) -> Iterator[tuple[tuple[object, ...], Callable[[], object]]]:
    """Yield everything that can be asked of the places."""
    for flow in FLOWS:
        for name in FLOWS:
            yield ("code", flow, name), lambda f=flow, n=name: store.get_code(f, n)
        for run in RUNS:
            yield ("run", flow, run), lambda f=flow, r=run: store.read_run(f, r)
            for step in STEPS:
                for index in INDICES:
                    yield ("try", flow, run, step, index), lambda w=(flow, run, step, index): store.read_try(*w)
                yield ("splits", flow, run, step), lambda w=(flow, run, step): store.read_splits(*w)
                for task in TASKS:
                    address = TaskAddress(flow, run, step, task)
                    yield ("newest", address), lambda a=address: loaded(store, store.read_newest(a))
                    yield ("shown log", address), lambda a=address: shown(store, a)
                    for number in NUMBERS:
                        yield (
                            ("attempt", address, number),
                            lambda w=(address, number): loaded(store, store.read_attempt(*w)),
                        )
                        yield ("log", address, number), lambda w=(address, number): believed(store, *w)


def loaded(store: Store, record: AttemptRecord | None) -> object:
    """Return a record with the values of its artifacts."""
    if record is None:
        return None
    values = store.load_many(record.address.flow, record.artifacts)
    return record, values["s"], bytes(values["l"])


def shown(store: Store, address: TaskAddress) -> object:
    number = store.newest_log(address)
    return None if number is None else believed(store, address, number)


def believed(store: Store, address: TaskAddress, number: int) -> object:
    """Return a log, or None where it says itself that it cannot be believed."""
    lines = store.read_log(address, number)
    return None if lines and "not signed" in lines[0].text and "not signed" in lines[1].text else lines or None


def ask(store: Store) -> Answers:
    answers: Answers = {}
    for question, answer in questions(store):
        try:
            answers[question] = answer()
        except FlowsError as error:
            assert store.root in str(error), "the object is named"
            answers[question] = None
    return answers


def require_none_or_same(before: Answers, after: Answers) -> None:
    """The law. What is newest may be missing, so that an older one counts; never one of another place."""
    for question, answer in after.items():
        if answer is None or answer == before[question]:
            continue
        assert question[0] in ("newest", "shown log", "run", "splits") and answer in older(question, before), question


def older(question: tuple[object, ...], before: Answers) -> list[object]:
    """Return what counted before the newest was written, which counts again when that is deleted."""
    kind, *place = question
    if kind in ("newest", "shown log"):
        return [before["attempt" if kind == "newest" else "log", place[0], number] for number in NUMBERS]
    flow, run = str(place[0]), str(place[1])
    if kind == "run":
        return [{"mine": f"{flow}{run}0"}]
    return [[((len(flow + run), 0), ord(run) + ord(str(place[2])))]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], Answers]:
    """A signed store, the paths of its objects, and all answers."""
    root = tmp_path_factory.mktemp("signed") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWS_FSYNC", "0")
        store = open_store(str(root), signing_key="secret")
        fill(store)
        paths = [os.path.relpath(Path(folder, name), root) for folder, _, names in os.walk(root) for name in names]
        return root, sorted(path for path in paths if "/index/" not in path), ask(store)


@pytest.fixture
def signed(original: tuple[Path, list[str], Answers]) -> Iterator[Store]:
    """The store, as it was again afterwards."""
    root = original[0]
    kept = root.with_name("kept")
    shutil.copytree(root, kept)
    yield open_store(str(root), signing_key="secret")
    shutil.rmtree(root)
    kept.rename(root)


def places(paths: list[str]) -> list[str]:
    """Return where an object could be: where one is, and under the next number."""
    more = {str(Path(path).with_name(f"2{Path(path).suffix}")) for path in paths if Path(path).stem == "1"}
    return sorted({*paths, *more})


def test_the_answers_are_all_different(original: tuple[Path, list[str], Answers]) -> None:
    answers = [repr(answer) for question, answer in original[2].items() if answer and question[0] in ("attempt", "log")]
    assert len(answers) == len(set(answers)) == 64


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_object_is_believed_nowhere_but_in_its_place(
    original: tuple[Path, list[str], Answers], kind: str, data: st.DataObject
) -> None:
    root, paths, before = original
    of_kind = [path for path in paths if kind_of(path) == kind]
    source = data.draw(st.sampled_from(of_kind))
    target = data.draw(st.sampled_from(places(of_kind)).filter(lambda path: path != source))
    kept = (root / target).read_bytes() if (root / target).exists() else None
    shutil.copyfile(root / source, root / target)
    try:
        require_none_or_same(before, ask(open_store(str(root), signing_key="secret")))
    finally:
        os.unlink(root / target)
        if kept is not None:
            (root / target).write_bytes(kept)


def kind_of(path: str) -> str:
    for kind in KINDS[2:]:
        if f"/{kind}/" in path:
            return kind
    return "log" if path.endswith(".log") else "attempt"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_byte_changes_no_answer(
    original: tuple[Path, list[str], Answers], kind: str, data: st.DataObject
) -> None:
    root, paths, before = original
    file = root / data.draw(st.sampled_from([path for path in paths if kind_of(path) == kind]))
    kept = file.read_bytes()
    place = data.draw(st.integers(0, len(kept) - 1))
    file.write_bytes(kept[:place] + bytes([kept[place] ^ data.draw(st.integers(1, 255))]) + kept[place + 1 :])
    try:
        require_none_or_same(before, ask(open_store(str(root), signing_key="secret")))
    finally:
        file.write_bytes(kept)


def test_an_old_run_record_cannot_be_replayed_under_a_new_number(signed: Store) -> None:
    records = Path(signed.root, "F/runs/r/_run")
    shutil.copyfile(records / "0", records / "2")
    with pytest.raises(FlowsError, match=r"_run/2 holds the record of .*number 0, and should hold .*number 2"):
        signed.read_run("F", "r")


def test_an_old_fan_out_cannot_be_replayed_under_a_new_number(signed: Store) -> None:
    records = Path(signed.root, "F/runs/r/_splits/a")
    shutil.copyfile(records / "0", records / "2")
    with pytest.raises(FlowsError, match="number 0, and should hold"):
        signed.read_splits("F", "r", "a")


def test_a_run_cannot_be_given_another_name(signed: Store) -> None:
    shutil.copytree(Path(signed.root, "F/runs/r"), Path(signed.root, "F/runs/copy"))
    with pytest.raises(FlowsError, match=r"run 'r'.* should hold .*run 'copy'"):
        signed.read_run("F", "copy")
    with pytest.raises(FlowsError, match=r"'r'.* should hold .*'copy'"):
        signed.read_newest(TaskAddress("F", "copy", "a", "a"))
    assert "not signed" in signed.read_log(TaskAddress("F", "copy", "a", "a"), 1)[0].text


def test_a_forged_log_never_hides_a_real_one(signed: Store) -> None:
    address, forger = TaskAddress("F", "r", "a", "a"), open_store(signed.root)
    for number in (2, 7):
        forger.write_log(address, number, [LogLine(1.0, "stdout", NEVER)])
    assert signed.newest_log(address) == 1
    assert [line.text for line in signed.read_log(address, 1)] == [f"{address.pathspec} 1"] * 2
    signed.write_log(address, 9, [LogLine(1.0, "stdout", "of an attempt that was killed")])
    assert signed.newest_log(address) == 9


def test_where_there_is_nothing_else_a_log_without_a_signature_is_shown_as_such(signed: Store) -> None:
    address = TaskAddress("F", "r", "c", "c")
    open_store(signed.root).write_log(address, 3, [LogLine(1.0, "stdout", NEVER)])
    assert signed.newest_log(address) == 3
    assert [(line.stream, line.text[:22]) for line in signed.read_log(address, 3)] == [
        ("stdout", "[This log is not signe"),
        ("stderr", "[This log is not signe"),
        ("stdout", NEVER),
    ]


def test_a_signed_log_is_read_without_a_key_and_shows_no_signature(signed: Store) -> None:
    address = TaskAddress("F", "r", "a", "a")
    assert open_store(signed.root).read_log(address, 1) == signed.read_log(address, 1)
    assert len(signed.read_log(address, 1)) == 2
    assert "signed hmac-sha256" in Path(signed.root, "F/runs/r/a/a/1.log").read_text().splitlines()[-1]


@pytest.mark.parametrize("text", ["signed hmac-sha256 00", "\n", "", "x\nsigned hmac-sha256 00\n", "\r", "\ud800"])
def test_no_line_is_taken_for_a_signature(signed: Store, text: str) -> None:
    address, plain = TaskAddress("F", "r", "d", "d"), open_store(signed.root)
    for number, store in enumerate((signed, plain)):
        store.write_log(address, number, [LogLine(1.0, "stdout", text)])
        lines = store.read_log(address, number)
        assert len(lines) == 1 and lines[0].text == text.replace("\n", "\\n").replace("\ud800", "\\ud800")


def test_an_empty_log_is_signed_too(signed: Store) -> None:
    address = TaskAddress("F", "r", "d", "d")
    signed.write_log(address, 0, [])
    assert signed.read_log(address, 0) == [] and signed.newest_log(address) == 0
    Path(signed.root, "F/runs/r/d/d/0.log").write_bytes(b"")
    assert len(signed.read_log(address, 0)) == 2
