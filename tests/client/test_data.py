"""Artifacts are loaded one at a time, when they are asked for."""

from __future__ import annotations

import pytest
from airflow_provider_flows.client import DataArtifact, Task
from airflow_provider_flows.errors import ObjectMissing

ARTIFACTS = {"x": 1, "text": "é", "_private": 2, "class": 3, "not a name": 4, "count": 5}


@pytest.fixture
def task(write) -> Task:
    write("1")("end", artifacts=ARTIFACTS)
    return Task("TrainFlow/1/end/end")


def test_data_has_the_public_artifacts_as_attributes(task) -> None:
    assert task.data.x == 1 and "x" in task.data and "y" not in task.data and "_private" not in task.data
    assert {"x", "text"} <= set(dir(task.data)) and not hasattr(task.data, "y")
    assert repr(task.data) == "<TaskData: class, count, not a name, text, x>"
    with pytest.raises(AttributeError, match=r"no artifact 'y'\. There are: class, count"):
        _ = task.data.y


def test_iteration_skips_private_artifacts_which_are_found_by_name(task) -> None:
    assert [one.id for one in task] == ["class", "count", "not a name", "text", "x"]
    assert task["_private"].data == 2


def test_artifacts_are_a_named_tuple_of_objects_not_values(task) -> None:
    assert task.artifacts._fields == ("count", "text", "x")
    assert task.artifacts.x == DataArtifact("TrainFlow/1/end/end/x") and task.artifacts.count.data == 5


def test_type_and_size_are_known_without_loading(task, store, monkeypatch) -> None:
    monkeypatch.setattr(type(store), "load", None)
    artifact = task["text"]
    assert artifact.type == "str" and artifact.size > 2 and len(artifact.sha) == 64


def test_the_same_content_has_the_same_digest(write) -> None:
    run = write("1")
    run("start", artifacts={"a": [1, 2]})
    run("end", artifacts={"b": [1, 2], "c": [1, 3]})
    start, end = Task("TrainFlow/1/start/start"), Task("TrainFlow/1/end/end")
    assert start["a"].sha == end["b"].sha != end["c"].sha


def test_one_missing_artifact_does_not_hide_the_others(write, store, tmp_path) -> None:
    end = write("1").succeed(big=list(range(100_000)), x=1)
    digest = end.artifacts["big"].digest
    (tmp_path / "root" / "TrainFlow" / "blobs" / digest[:2] / digest).unlink()
    data = Task("TrainFlow/1/end/end").data
    assert data.x == 1
    with pytest.raises(ObjectMissing):
        _ = data.big


def test_an_artifact_keeps_its_attempt(write) -> None:
    run = write("1")
    run("end", artifacts={"x": 0})
    artifact = DataArtifact("TrainFlow/1/end/end/x")
    run("end", artifacts={"x": 1})
    assert artifact.data == 0 and DataArtifact("TrainFlow/1/end/end/x").data == 1
