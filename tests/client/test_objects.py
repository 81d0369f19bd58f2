"""Flows, runs, steps, tasks and artifacts are found by name, listed newest first, and can be pickled."""

from __future__ import annotations

import pickle
from datetime import datetime

import pytest
from airflow_provider_flows.client import DataArtifact, Flow, Metaflow, Run, Step, Task, namespace, use_store
from airflow_provider_flows.errors import InvalidPathspec, NotFound

AIRFLOW_ID = "manual__2026-01-01T00:00:00+00:00"


def ids(objects) -> list[str]:
    return [one.id for one in objects]


def test_every_object_is_found_by_its_pathspec_and_below_its_parent(write) -> None:
    write("1").succeed(x=3)
    artifact = Flow("TrainFlow")["1"]["end"]["end"]["x"]
    assert artifact == DataArtifact("TrainFlow/1/end/end/x") and artifact.data == 3
    assert artifact.parent == Task("TrainFlow/1/end/end") and artifact.parent.parent == Step("TrainFlow/1/end")
    assert artifact.parent.parent.parent == Run("TrainFlow/1")
    assert Run("TrainFlow/1").parent == Flow("TrainFlow") and Flow("TrainFlow").parent is None
    assert artifact.path_components == ["TrainFlow", "1", "end", "end", "x"]
    assert repr(artifact) == "DataArtifact('TrainFlow/1/end/end/x')"


def test_children_are_tested_and_taken_by_name(write) -> None:
    write("1").succeed(x=3)
    run = Run("TrainFlow/1")
    assert "end" in run and "fit" not in run and "1" in Flow("TrainFlow") and "TrainFlow" in Metaflow()
    assert "x" in run["end"].task and "y" not in run["end"].task and 1 not in run
    for parent in (Metaflow(), Flow("TrainFlow"), run, run["end"], run["end"].task, run["end"].task["x"]):
        for name in ("nothing", ""):
            with pytest.raises(KeyError):
                parent[name]


@pytest.mark.parametrize(
    ("kind", "pathspec"),
    [
        (Flow, "F/1"),
        (Flow, ""),
        (Run, "TrainFlow"),
        (Run, "TrainFlow/1/end"),
        (Run, "/1"),
        (Step, "TrainFlow/1"),
        (Task, "TrainFlow/1/end"),
        (DataArtifact, "TrainFlow/1/end/end"),
        (DataArtifact, "a/b/c/d/e/f"),
        (Run, None),
    ],
)
def test_a_wrong_number_of_components_is_an_invalid_pathspec(write, kind, pathspec) -> None:
    write("1").succeed()
    with pytest.raises(InvalidPathspec, match=r"expected \w+\('Flow"):
        kind(pathspec)


@pytest.mark.parametrize(
    ("kind", "pathspec"),
    [
        (Flow, "NoFlow"),
        (Run, "TrainFlow/2"),
        (Run, "NoFlow/1"),
        (Step, "TrainFlow/1/fit"),
        (Step, "TrainFlow/2/end"),
        (Task, "TrainFlow/1/end/end-1"),
        (DataArtifact, "TrainFlow/1/end/end/y"),
    ],
)
def test_what_is_not_there_is_not_found_and_the_store_is_named(write, store, kind, pathspec) -> None:
    write("1").succeed()
    with pytest.raises(NotFound, match=store.root):
        kind(pathspec)


def test_runs_steps_and_tasks_come_newest_first(write) -> None:
    for run in ("1", "2", "3"):
        write(run).foreach(3)
    assert ids(Flow("TrainFlow")) == ids(Flow("TrainFlow").runs()) == ["3", "2", "1"]
    assert ids(Run("TrainFlow/2")) == ["end", "join", "fit", "start"]
    assert ids(Step("TrainFlow/2/fit")) == ["fit-2", "fit-1", "fit-0"]
    assert Step("TrainFlow/2/fit").task.data.x == 2


def test_flows_come_by_name(write) -> None:
    for flow in ("B", "A"):
        write("1", flow=flow).succeed()
    assert ids(Metaflow()) == ids(Metaflow().flows) == ["A", "B"]


def test_names_that_begin_with_an_underscore_are_hidden_but_found(write) -> None:
    run = write("1")
    run("_inner", artifacts={"_x": 1})
    run.store.write_splits("TrainFlow", "1", "start", [((), 2)])
    run.succeed()
    assert ids(Run("TrainFlow/1")) == ["end", "start"]
    task = Run("TrainFlow/1")["_inner"].task
    assert list(task) == [] and task["_x"].data == 1 and "_x" in task


def test_runs_are_selected_by_all_of_the_tags(write) -> None:
    write("1", tags=["a", "b"]).succeed()
    write("2", tags=["a"]).succeed()
    assert ids(Flow("TrainFlow").runs("a")) == ["2", "1"]
    assert ids(Flow("TrainFlow").runs("a", "b")) == ["1"]
    assert ids(Flow("TrainFlow").runs("a", "c")) == []


def test_tags_are_the_runs_and_a_flow_has_none(write) -> None:
    write("1", tags=["a"], system_tags=["user:me"]).succeed(x=1)
    artifact = DataArtifact("TrainFlow/1/end/end/x")
    for one in (artifact, artifact.parent, artifact.parent.parent, Run("TrainFlow/1")):
        assert (one.user_tags, one.system_tags, one.tags) == ({"a"}, {"user:me"}, {"a", "user:me"})
    assert Flow("TrainFlow").tags == frozenset()


@pytest.mark.parametrize("run", [AIRFLOW_ID, "a/b", "a%2Fb", "a b%#?", "100%", "é✓", ".", "..", "//", "_run"])
def test_any_run_id_survives_a_pathspec(write, run) -> None:
    write(run).succeed(x=run)
    found = Flow("TrainFlow").latest_run
    assert found.id == run and Run(found.pathspec) == found
    assert DataArtifact(found["end"].task["x"].pathspec).data == run


@pytest.mark.parametrize("run", [AIRFLOW_ID, "a/b", "a b/c/d"])
@pytest.mark.parametrize("form", [lambda run: run, lambda run: run.replace("/", "%2F").replace(":", "%3A")])
def test_a_run_id_may_be_written_raw_or_encoded(write, run, form) -> None:
    write(run).succeed()
    assert Run(f"TrainFlow/{form(run)}").id == run
    assert Task(f"TrainFlow/{form(run)}/end/end").path_components[1] == run


def test_an_encoded_id_means_what_it_encodes_where_both_exist(write) -> None:
    for run in ("a%2Fb", "a/b"):
        write(run).succeed(x=run)
    assert Run("TrainFlow/a%2Fb").data.x == "a/b" and Run("TrainFlow/a%252Fb").data.x == "a%2Fb"


def test_an_airflow_id_is_shown_as_airflow_writes_it(write) -> None:
    write(AIRFLOW_ID).succeed()
    assert Flow("TrainFlow").latest_run.pathspec == f"TrainFlow/{AIRFLOW_ID}"


def test_objects_can_be_pickled_with_store_namespace_and_attempt(write, store) -> None:
    write("1").succeed(x=3)
    run = Run("TrainFlow/1")
    chain = [Flow("TrainFlow"), run, run["end"], run["end"].task, Task("TrainFlow/1/end/end", attempt=0)]
    texts = [pickle.dumps(one) for one in [*chain, run["end"].task["x"], run.data]]
    namespace("another")
    with use_store("/nowhere"):
        copies = [pickle.loads(text) for text in texts]
        assert copies[:5] == chain and copies[5].data == copies[6].x == 3
        assert copies[4].current_attempt == 0 and copies[0].latest_run.data.x == 3
        assert copies[0]._scope.namespace == "user:me" and copies[5].parent.parent.parent == run


def test_equal_objects_are_one_in_a_set(write) -> None:
    write("1").succeed()
    assert len({Run("TrainFlow/1"), Run("TrainFlow/1"), Task("TrainFlow/1/end/end")}) == 2
    assert Task("TrainFlow/1/end/end") != Task("TrainFlow/1/end/end", attempt=0)


def test_the_root_is_an_argument_a_block_or_a_setting(write, store, tmp_path, monkeypatch) -> None:
    write("1").succeed()
    with use_store(str(tmp_path / "other")):
        assert list(Metaflow()) == []
        assert Run("TrainFlow/1", root=store.root).successful
    monkeypatch.setenv("FLOWS_DATASTORE_ROOT", str(tmp_path / "other"))
    assert ids(Metaflow()) == ["TrainFlow"]
    with use_store(None):
        assert list(Metaflow()) == []


def test_times_are_local_and_without_a_zone_as_metaflows(write) -> None:
    end = write("1").succeed(x=1)
    run = Run("TrainFlow/1")
    assert run.finished_at == datetime.fromtimestamp(end.finished_at) and run.finished_at.tzinfo is None
    assert run.created_at == run["start"].created_at == run["start"].task.created_at < run["end"].created_at
    assert run["end"].finished_at == run["end"].task.finished_at == run["end"].task["x"].finished_at == run.finished_at


def test_an_empty_store_has_no_flows() -> None:
    assert list(Metaflow()) == [] and "TrainFlow" not in Metaflow()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Flow("TrainFow"), "there is no flow 'TrainFow'. Did you mean 'TrainFlow'?"),
        (lambda: Run("TrainFlow/9"), "there is no run '9'. There are: 1."),
        (lambda: Step("TrainFlow/1/fitt"), "there is no step 'fitt'. Did you mean 'fit'?"),
        (lambda: Task("TrainFlow/1/fti/fti"), "there is no step 'fti'. Did you mean 'fit'?"),
        (lambda: Task("TrainFlow/1/fit/fti"), "there is no task 'fti'. Did you mean 'fit'?"),
        (lambda: DataArtifact("TrainFlow/1/fit/fit/modl"), "there is no artifact 'modl'. Did you mean 'model'?"),
        (lambda: Task("TrainFlow/1/fit/fit", attempt=7), "Task('TrainFlow/1/fit/fit', attempt=7) does not exist"),
        (lambda: Run("TrainFlow/1")._child("fitt"), "there is no step 'fitt'. Did you mean 'fit'?"),
        (lambda: Task("TrainFlow/1/fit/fit")._child("modl"), "there is no artifact 'modl'. Did you mean 'model'?"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(write, make, words) -> None:
    write("1")("fit", artifacts={"model": 1})
    with pytest.raises(NotFound) as error:
        make()
    assert words in str(error.value) and str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_data_that_is_not_there_is_told_with_what_is(write) -> None:
    write("1")("fit", artifacts={"model": 1, "rows": 2})
    with pytest.raises(AttributeError, match=r"no artifact 'modl'\. Did you mean 'model'"):
        _ = Task("TrainFlow/1/fit/fit").data.modl
    with pytest.raises(AttributeError, match="There are: model, rows"):
        _ = Task("TrainFlow/1/fit/fit").data.xyz
