"""What goes into the store comes out of it."""

from __future__ import annotations

import os
import pickle
import threading
from collections import OrderedDict

import numpy as np
import pandas as pd
import pytest
from airflow_provider_flows.errors import UnpicklableArtifact
from airflow_provider_flows.store import Store, open_store

from .conftest import FLOW

RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame({"x": RANDOM.random(100_000), "n": range(100_000), "s": [f"row {n}" for n in range(100_000)]})

OBJECTS = {
    "none": None,
    "int": 3,
    "text": "é✓" * 10,
    "lone_surrogate": "\ud800",
    "nan": [float("inf"), -0.0],
    "large_text": "abc✓" * 500_000,
    "large_bytes": os.urandom(9 << 20),
    "large_bytearray": bytearray(os.urandom(5 << 20)),
    "bytes_in_containers": {"a": [os.urandom(5 << 20), {"b": os.urandom(100)}], "c": (os.urandom(70_000),)},
    "many_small": list(range(1_000_000)),
    "dict": OrderedDict((f"k{n}", n) for n in range(1000)),
}

ARRAYS = {
    "random": RANDOM.random(1_000_000),
    "zeros": np.zeros((1000, 1000)),
    "low_entropy": np.arange(1_000_000) % 7,
    "empty": np.zeros((0, 3)),
    "scalar": np.float32(2.5),
    "fortran": np.asfortranarray(RANDOM.random((300, 500))),
    "strided": RANDOM.random((1000, 1000))[::3, ::2],
    "structured": np.zeros(50_000, dtype=[("a", "i4"), ("b", "f8"), ("c", "S5")]),
    "objects": np.array([{"a": 1}, None, "x"] * 1000, dtype=object),
    "small": np.arange(10),
    "dates": np.arange("2026-01-01", "2027-01-01", dtype="M8[s]")[:100_000],
}


def roundtrip(store: Store, value: object) -> object:
    return store.load(FLOW, store.save(FLOW, {"value": value})["value"])


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_come_back_equal(store: Store, name: str) -> None:
    assert roundtrip(store, OBJECTS[name]) == OBJECTS[name]


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_come_back_equal_writable_and_aligned(store: Store, name: str) -> None:
    loaded = roundtrip(store, ARRAYS[name])
    np.testing.assert_array_equal(loaded, ARRAYS[name])
    if loaded.ndim:
        assert loaded.dtype == ARRAYS[name].dtype
        assert loaded.flags.writeable and loaded.flags.aligned


def test_data_frames_come_back_equal(store: Store) -> None:
    pd.testing.assert_frame_equal(roundtrip(store, FRAME), FRAME)


def test_arrow_tables_come_back_equal(store: Store) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"x": RANDOM.random(100_000), "s": [str(n) for n in range(100_000)]})
    assert roundtrip(store, table).equals(table)


def test_a_read_only_array_stays_read_only(store: Store) -> None:
    array = RANDOM.random(100_000)
    array.flags.writeable = False
    assert not roundtrip(store, array).flags.writeable


class Strided:
    """Gives pickle a buffer that is not contiguous."""

    def __reduce_ex__(self, protocol: int) -> tuple:
        return bytes, (pickle.PickleBuffer(memoryview(bytes(300_000))[::2]),)


def test_a_buffer_that_is_not_contiguous_is_an_unpicklable_artifact_as_pickle_says(store: Store) -> None:
    with pytest.raises(UnpicklableArtifact, match=r"self\.value: .*Strided .*non-contiguous"):
        roundtrip(store, Strided())


def test_changing_a_loaded_array_changes_no_other_load(store: Store) -> None:
    ref = store.save(FLOW, {"a": RANDOM.random(1_000_000)})["a"]
    first = store.load(FLOW, ref)
    before = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(store.load(FLOW, ref), before)


def test_arrays_of_a_folder_are_mapped_at_multiples_of_64_bytes(local_store: Store) -> None:
    loaded = roundtrip(local_store, [RANDOM.random(n) for n in (200_001, 200_003, 200_007)])
    assert [array.ctypes.data % 64 for array in loaded] == [0, 0, 0]


def test_a_mapped_array_survives_the_loss_of_its_blob(local_store: Store) -> None:
    array = RANDOM.random(1_000_000)
    loaded = roundtrip(local_store, array)
    os.system(f"rm -r '{local_store.root}'")
    np.testing.assert_array_equal(loaded, array)


def test_more_blobs_can_be_loaded_than_files_can_be_open(local_store: Store) -> None:
    import resource

    ref = local_store.save(FLOW, {"a": RANDOM.random(200_000)})["a"]
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, limits[1]))
    try:
        assert len([local_store.load(FLOW, ref) for _ in range(500)]) == 500
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_equal_contents_have_equal_digests_wherever_they_are_stored(local_store: Store, s3_store: Store) -> None:
    for objects in (OBJECTS, ARRAYS):
        here, there = local_store.save(FLOW, objects), s3_store.save(FLOW, objects)
        assert {name: ref.digest for name, ref in here.items()} == {name: ref.digest for name, ref in there.items()}
    assert len({ref.digest for ref in local_store.save(FLOW, OBJECTS).values()}) == len(OBJECTS)


def test_an_object_and_its_pickle_are_different_contents(local_store: Store) -> None:
    refs = local_store.save(FLOW, {"a": b"\0" * 100_000, "b": np.zeros(100_000, "u1"), "c": bytearray(100_000)})
    assert len({ref.digest for ref in refs.values()}) == 3


def test_a_ref_names_type_and_size(store: Store) -> None:
    refs = store.save(FLOW, {"n": 1, "frame": FRAME, "array": ARRAYS["random"]})
    assert [ref.type for ref in refs.values()] == ["int", f"{pd.DataFrame.__module__}.DataFrame", "numpy.ndarray"]
    assert 8_000_000 < refs["array"].size < 8_001_000


def test_what_cannot_be_pickled_is_named_with_its_path(store: Store) -> None:
    class Local:
        pass

    model = Holder()
    model.layers = {"a": [0, 1, 2, Holder()]}
    model.layers["a"][3].lock = threading.Lock()
    with pytest.raises(UnpicklableArtifact, match=r"self\.model\.layers\['a'\]\[3\]\.lock: _thread\.lock") as caught:
        store.save(FLOW, {"model": model})
    assert caught.value.artifact == "model"


class Holder:
    pass


@pytest.mark.parametrize(
    ("value", "culprit"),
    [
        (lambda: 1, r"self\.x: function .*<lambda>"),
        ({1: (n for n in ())}, r"self\.x\[1\]: generator"),
        ([{"f": open(os.devnull)}], r"self\.x\[0\]\['f'\]: _io\.TextIOWrapper"),  # noqa: SIM115
        ({frozenset([1]): threading.RLock()}, r"RLock"),
    ],
    ids=["function", "generator", "file", "lock"],
)
def test_the_culprit_is_the_innermost_object(local_store: Store, value: object, culprit: str) -> None:
    with pytest.raises(UnpicklableArtifact, match=culprit):
        local_store.save(FLOW, {"x": value})


def test_an_object_that_holds_itself_and_a_lock_is_named_too(local_store: Store) -> None:
    ring = Holder()
    ring.ring, ring.items = ring, [threading.Lock()]
    with pytest.raises(UnpicklableArtifact, match=r"self\.x\.items\[0\]: _thread\.lock"):
        local_store.save(FLOW, {"x": ring})


def test_the_other_artifacts_are_saved_beside_one_that_cannot_be(store: Store) -> None:
    errors: list[UnpicklableArtifact] = []
    refs = store.save(
        FLOW, {"a": ARRAYS["random"], "bad": threading.Lock(), "b": 2, "worse": lambda: 1}, on_error=errors.append
    )
    assert sorted(refs) == ["a", "b"] and store.load(FLOW, refs["b"]) == 2
    assert [error.artifact for error in errors] == ["bad", "worse"]


def test_instances_are_pickled_by_reference_to_their_class(local_store: Store) -> None:
    assert type(roundtrip(local_store, Holder())) is Holder


def test_several_artifacts_load_at_once(store: Store) -> None:
    refs = store.save(FLOW, ARRAYS)
    loaded = store.load_many(FLOW, refs)
    assert list(loaded) == list(ARRAYS)
    np.testing.assert_array_equal(loaded["random"], ARRAYS["random"])


def test_compression_is_used_where_it_pays_only(local_store: Store) -> None:
    def stored(value: object) -> int:
        ref = local_store.save(FLOW, {"v": value})["v"]
        return os.path.getsize(f"{local_store.root}/{FLOW}/blobs/{ref.digest[:2]}/{ref.digest}")

    assert stored(np.zeros(1_000_000)) < 100_000
    assert 8_000_000 < stored(RANDOM.random(1_000_000)) < 8_001_000
    assert stored(["the same text"[: n % 10] + "!" for n in range(1_000_000)]) < 1_000_000


def test_saving_leaves_no_scratch_files(local_store: Store) -> None:
    open_store(local_store.root).save(FLOW, {**OBJECTS, **ARRAYS, **ARRAYS})
    assert not [name for _, _, names in os.walk(local_store.root) for name in names if "#" in name]
