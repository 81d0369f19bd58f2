"""What was not written is never read: each damage has a name, a URL and two digests."""

from __future__ import annotations

import contextlib
import os
import pickle
import struct

import numpy as np
import pytest
from airflow_provider_flows.errors import NewerFormat, ObjectDamaged, ObjectMissing, SignatureInvalid
from airflow_provider_flows.store import ArtifactRef, Store, open_store

from .conftest import ADDRESS, FLOW, attempt

RANDOM = np.random.default_rng(0)


def blob_path(store: Store, ref: ArtifactRef) -> str:
    return f"{store.root}/{FLOW}/blobs/{ref.digest[:2]}/{ref.digest}"


def record_path(store: Store) -> str:
    (path,) = [f"{folder}/{name}" for folder, _, names in os.walk(store.root) for name in names if name == "0"]
    return path


def flip(path: str, offset: int, bit: int = 0) -> None:
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ (1 << bit)]))


def saved(store: Store) -> ArtifactRef:
    """An artifact with a raw buffer, a compressed one, and a pickle of several chunks."""
    value = [RANDOM.random(50_000), np.zeros(200_000), list(range(2_000_000)), os.urandom(5 << 20)]
    return store.save(FLOW, {"a": value})["a"]


def test_every_kind_of_flipped_byte_in_a_blob_is_found(local_store: Store) -> None:
    from airflow_provider_flows.store.backend_local import LocalBlob
    from airflow_provider_flows.store.blob import frames_of

    ref = saved(local_store)
    path = blob_path(local_store, ref)
    source = LocalBlob(path)
    frames = frames_of(source, ref.digest)
    assert {(frame.kind, frame.encoding) for frame in frames} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    inside = [frame.offset + part for frame in frames for part in (0, frame.stored // 2)]
    last = [frame.offset + frame.stored - 1 for frame in frames if frame.encoding == 0]
    table = source.size - 64 - 64 * len(frames)
    ends = [*range(table, table + 64, 8), *range(source.size - 64, source.size - 16, 8)]
    for offset in [0, 8, 10, 63, *inside, *last, *ends]:
        flip(path, offset)
        with pytest.raises(ObjectDamaged, match=f"{ref.digest}") as caught:
            local_store.load(FLOW, ref)
        assert path in str(caught.value)
        flip(path, offset)
    local_store.load(FLOW, ref)


def test_a_flipped_bit_gives_an_error_or_the_very_same_value(local_store: Store) -> None:
    value = np.arange(100_000) % 50
    ref = local_store.save(FLOW, {"a": value})["a"]
    path = blob_path(local_store, ref)
    size = os.path.getsize(path)
    for offset in {*range(64, size, size // 100), *range(size - 200, size, 3)}:
        flip(path, offset, offset % 8)
        with contextlib.suppress(ObjectDamaged):
            np.testing.assert_array_equal(local_store.load(FLOW, ref), value)
        flip(path, offset, offset % 8)


@pytest.mark.parametrize("length", [0, 10, 64, 200, 100_000, -1, -64, -65])
def test_a_truncated_blob_is_found(local_store: Store, length: int) -> None:
    ref = saved(local_store)
    path = blob_path(local_store, ref)
    os.truncate(path, length if length >= 0 else os.path.getsize(path) + length)
    with pytest.raises(ObjectDamaged, match=ref.digest):
        local_store.load(FLOW, ref)


def test_every_flipped_byte_of_a_record_is_found(local_store: Store) -> None:
    local_store.commit(attempt(artifacts=local_store.save(FLOW, {"a": 1})))
    path = record_path(local_store)
    for offset in [*range(48), *range(80, os.path.getsize(path), 7)]:
        flip(path, offset, offset % 8)
        with pytest.raises(ObjectDamaged) as caught:
            local_store.read_newest(ADDRESS)
        assert path in str(caught.value)
        flip(path, offset, offset % 8)
    assert local_store.read_newest(ADDRESS)


def test_a_truncated_record_is_found_and_the_older_attempt_does_not_stand_in(local_store: Store) -> None:
    local_store.commit(attempt(0))
    path = record_path(local_store)
    local_store.commit(attempt(1))
    for length in (0, 5, 79, 80, 100):
        os.truncate(f"{os.path.dirname(path)}/1", length)
        with pytest.raises(ObjectDamaged):
            local_store.read_newest(ADDRESS)


def test_a_record_in_anothers_place_is_rejected(local_store: Store) -> None:
    local_store.commit(attempt(0))
    path = record_path(local_store)
    os.rename(path, f"{os.path.dirname(path)}/7")
    with pytest.raises(ObjectDamaged, match=r"attempt 0, and should hold that of .* attempt 7"):
        local_store.read_newest(ADDRESS)


def test_a_blob_in_anothers_place_is_rejected(local_store: Store) -> None:
    refs = local_store.save(FLOW, {"a": RANDOM.random(50_000), "b": RANDOM.random(50_000)})
    os.replace(blob_path(local_store, refs["a"]), blob_path(local_store, refs["b"]))
    with pytest.raises(ObjectDamaged, match=refs["b"].digest):
        local_store.load(FLOW, refs["b"])


def test_a_missing_blob_is_named(store: Store) -> None:
    with pytest.raises(ObjectMissing, match=f"{store.root}/{FLOW}/blobs/ab/{'ab' * 32} is missing.*numpy.ndarray"):
        store.load(FLOW, ArtifactRef("ab" * 32, "numpy.ndarray", 10_000_000))


def test_nothing_is_unpickled_before_its_digest_was_checked(local_store: Store, tmp_path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(tmp_path / "boom"),)

    bomb = pickle.dumps(Bomb())
    with pytest.raises(ObjectDamaged):
        local_store.load(FLOW, ArtifactRef("ab" * 32, "int", len(bomb), bomb))
    ref = local_store.save(FLOW, {"a": "x" * 20_000 + str(os.urandom(9_000))})["a"]
    path = blob_path(local_store, ref)
    with open(path, "r+b") as file:
        file.seek(64)
        file.write(bomb)
    with pytest.raises(ObjectDamaged):
        local_store.load(FLOW, ref)
    assert not (tmp_path / "boom").exists()


@pytest.mark.parametrize("harm", ["truncate", "flip", "empty"])
def test_saving_a_content_again_heals_its_damaged_blob(local_store: Store, harm: str) -> None:
    array = RANDOM.random(100_000)
    ref = local_store.save(FLOW, {"a": array})["a"]
    path = blob_path(local_store, ref)
    if harm == "flip":
        flip(path, 500_000)
    else:
        os.truncate(path, 0 if harm == "empty" else 400_000)
    assert local_store.save(FLOW, {"b": array})["b"] == ref
    np.testing.assert_array_equal(local_store.load(FLOW, ref), array)


def test_saving_a_content_again_heals_its_damaged_blob_in_a_bucket(s3_store: Store) -> None:
    array = RANDOM.random(100_000)
    ref = s3_store.save(FLOW, {"a": array})["a"]
    key = f"{FLOW}/blobs/{ref.digest[:2]}/{ref.digest}"
    for data in (s3_store._backend.read(key)[:-100], b""):
        s3_store._backend.put(key, data)
        with pytest.raises(ObjectDamaged):
            s3_store.load(FLOW, ref)
        s3_store.save(FLOW, {"b": array})
        np.testing.assert_array_equal(s3_store.load(FLOW, ref), array)


def test_a_sound_blob_is_not_written_again(local_store: Store) -> None:
    array = RANDOM.random(100_000)
    path = blob_path(local_store, local_store.save(FLOW, {"a": array})["a"])
    before = os.stat(path).st_ino
    local_store.save(FLOW, {"b": array})
    assert os.stat(path).st_ino == before


def resealed(data: bytes, major: int) -> bytes:
    from airflow_provider_flows.store.digest import blake3

    head = struct.pack("<8sHH", data[:8], major, 0) + data[12:16]
    return head + blake3(head + data[80:]) + data[48:]


def test_a_newer_format_is_rejected_by_name(local_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    local_store.commit(attempt())
    path = record_path(local_store)
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(resealed(data, 2))
    with pytest.raises(NewerFormat, match=r"has format 2\.0, and this version reads up to 1: upgrade"):
        local_store.read_newest(ADDRESS)


def test_a_blob_of_a_newer_format_is_rejected_by_name(local_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_provider_flows.store.blob.MAJOR", 2)
    ref = saved(local_store)
    monkeypatch.undo()
    with pytest.raises(NewerFormat, match=r"has format 2\.0"):
        local_store.load(FLOW, ref)


class TestSigned:
    """With a signing key, unsigned and altered records are rejected; without one, signed records are readable."""

    def test_a_signed_record_is_read_with_its_key_and_without_any(self, local_store: Store) -> None:
        self.signed(local_store).commit(attempt())
        assert self.signed(local_store).read_newest(ADDRESS) == local_store.read_newest(ADDRESS) == attempt()

    def test_an_unsigned_record_is_rejected(self, local_store: Store) -> None:
        local_store.commit(attempt())
        with pytest.raises(SignatureInvalid, match="is not signed"):
            self.signed(local_store).read_newest(ADDRESS)

    def test_a_record_of_another_key_is_rejected(self, local_store: Store) -> None:
        open_store(local_store.root, signing_key=b"other").commit(attempt())
        with pytest.raises(SignatureInvalid, match="another key"):
            self.signed(local_store).read_newest(ADDRESS)

    def test_an_altered_record_is_rejected(self, local_store: Store) -> None:
        self.signed(local_store).commit(attempt())
        path = record_path(local_store)
        with open(path, "rb") as file:
            data = file.read().replace(b'"ok"', b'"no"')
        with open(path, "wb") as file:
            file.write(resealed(data, 1))
        assert local_store.read_newest(ADDRESS).outcome == "no"
        with pytest.raises(SignatureInvalid, match="was altered"):
            self.signed(local_store).read_newest(ADDRESS)

    def test_runs_fan_outs_and_sources_are_signed_too(self, local_store: Store) -> None:
        local_store.write_run(FLOW, "r", {})
        local_store.write_splits(FLOW, "r", "s", [])
        local_store.put_code(FLOW, "d", {"f.py": ""})
        for read in (
            lambda store: store.read_run(FLOW, "r"),
            lambda store: store.read_splits(FLOW, "r", "s"),
            lambda store: store.get_code(FLOW, "d"),
        ):
            read(local_store)
            with pytest.raises(SignatureInvalid):
                read(self.signed(local_store))

    @staticmethod
    def signed(store: Store) -> Store:
        return open_store(store.root, signing_key="secret")
