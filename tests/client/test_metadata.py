"""What is known of attempts, and where what a resumed run took over comes from."""

from __future__ import annotations

import pickle

from airflow_provider_flows.client import DataArtifact, Flow, Run, Step, Task
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.task.frames import frames_to_metadata

FIT = "TrainFlow/1/fit/fit"


def test_metadata_tells_of_all_attempts_or_of_one(write) -> None:
    run = write()
    run("fit", outcome="failed", metadata={"hostname": "a"})
    run("fit", metadata={"hostname": "b"})
    task = Task(FIT)
    assert [one.value for one in task.metadata if one.name == "hostname"] == ["a", "b"]
    assert task.metadata_dict == {"attempt": "1", "attempt_ok": "True", "hostname": "b"}
    assert Task(FIT, attempt=0).metadata_dict == {"attempt": "0", "attempt_ok": "False", "hostname": "a"}


def test_a_fact_is_a_named_tuple_as_metaflows(write) -> None:
    record = write()("fit")
    task = Task(FIT)
    name, value, created_at, kind, owner = next(one for one in task.metadata if one.name == "attempt_ok")
    assert (name, value, kind, owner) == ("attempt_ok", "True", "internal_attempt_status", task)
    assert created_at == int(record.finished_at * 1000)


def test_the_place_in_foreaches_is_known_by_metaflows_name(write) -> None:
    frames = frames_to_metadata((Frame("start", "xs", 2, 1, "1"), Frame("fit", "ys", 3, 0, "0")))
    graph = {"steps": {"start": {"next": ["first"]}, "fit": {"next": ["second"]}}}
    write(graph=graph)("fit", metadata=frames)
    assert Task(FIT).metadata_dict["foreach-execution-path"] == "first:1,second:0"


def test_only_what_was_taken_over_is_cloned(write) -> None:
    original = write("1")("fit", artifacts={"x": 1})
    second = write("2", origin_run_id="1")
    second.take_over(original)
    second("end", artifacts={"y": 2}, metadata={"origin_run_id": "1"})
    copy, fresh = Task("TrainFlow/2/fit/fit"), Task("TrainFlow/2/end/end")
    assert (copy.is_cloned, fresh.is_cloned, Task(FIT).is_cloned) == (True, False, False)
    assert (copy.metadata_dict["origin-run-id"], copy.metadata_dict["origin-task-id"]) == ("1", "fit")
    assert fresh.metadata_dict["origin-run-id"] == "1" and "origin-task-id" not in fresh.metadata_dict


def test_origins_are_the_same_objects_of_the_other_run(write) -> None:
    original = write("a/b")("fit", artifacts={"x": 1})
    second = write("2", origin_run_id="a/b")
    second.take_over(original)
    second("end", artifacts={"y": 2}, metadata={"origin_run_id": "a/b"})
    assert Run("TrainFlow/2").origin_pathspec == "TrainFlow/a%2Fb" and Flow("TrainFlow").origin_pathspec is None
    assert Step("TrainFlow/2/end").origin_pathspec == "TrainFlow/a%2Fb/end"
    assert Task(Task("TrainFlow/2/fit/fit").origin_pathspec) == Task("TrainFlow/a%2Fb/fit/fit")
    assert DataArtifact("TrainFlow/2/fit/fit/x").origin_pathspec == "TrainFlow/a%2Fb/fit/fit/x"
    assert Task("TrainFlow/2/end/end").origin_pathspec is None
    assert DataArtifact("TrainFlow/2/end/end/y").origin_pathspec is None


def test_a_run_that_is_no_resumed_one_has_no_origins(write) -> None:
    write("1").succeed(x=1)
    artifact = DataArtifact("TrainFlow/1/end/end/x")
    chain = [artifact, artifact.parent, artifact.parent.parent, artifact.parent.parent.parent]
    assert [one.origin_pathspec for one in chain] == [None] * 4


def test_the_runtime_is_a_tag_of_the_system(write) -> None:
    write("1", system_tags=["user:me", "runtime:airflow"], tags=["runtime:mine"])("fit")
    assert Task(FIT).runtime_name == "airflow"
    write("2")("fit")
    assert Task("TrainFlow/2/fit/fit").runtime_name is None


def test_a_run_is_created_when_its_record_says(write) -> None:
    record = write("1", started_at=1_600_000_000.5)("start")
    assert Run("TrainFlow/1").created_at.timestamp() == 1_600_000_000.5 < record.started_at
    assert Run("TrainFlow/1")["start"].created_at.timestamp() == record.started_at


def test_control_tasks_lead_the_tasks_of_num_parallel(write) -> None:
    graph = {"steps": {"start": {"type": "split-parallel", "next": ["fit"]}, "fit": {"type": "linear", "next": []}}}
    run = write("1", graph=graph)
    start = run("start", to=("fit",), num_splits=3)
    for index in range(3):
        run("fit", f"fit-{index}", [start])
    assert Step("TrainFlow/1/fit").control_task.id == "fit-0"
    assert [task.id for task in Step("TrainFlow/1/fit").control_tasks()] == ["fit-0"]
    assert Step("TrainFlow/1/start").control_task is None
    assert list(Step("TrainFlow/1/fit").control_tasks("nonsense")) == []


def test_facts_can_be_pickled(write) -> None:
    write()("fit", metadata={"hostname": "a"})
    facts = Task(FIT).metadata
    assert pickle.loads(pickle.dumps(facts)) == facts
