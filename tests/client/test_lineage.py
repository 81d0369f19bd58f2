"""Tasks know what they came from and what went on from them; what a clear left behind is not shown."""

from __future__ import annotations

import pytest
from airflow_provider_flows.client import Run, Step, Task
from airflow_provider_flows.errors import NotFound

GRAPH = {
    "start_step": "start",
    "end_step": "end",
    "steps": {
        "start": {"next": ["fit"]},
        "fit": {"next": ["join"]},
        "join": {"next": ["end"]},
        "end": {"next": []},
    },
}


def paths(tasks) -> list[str]:
    return ["/".join(task.path_components[2:]) for task in tasks]


def test_a_foreach_and_its_join(write) -> None:
    write("1").foreach(3)
    start, fit, join = (Task(f"TrainFlow/1/{name}") for name in ("start/start", "fit/fit-1", "join/join"))
    assert paths(start.parent_tasks) == [] and paths(start.child_tasks) == ["fit/fit-2", "fit/fit-1", "fit/fit-0"]
    assert paths(fit.parent_tasks) == ["start/start"] and paths(fit.child_tasks) == ["join/join"]
    assert paths(join.parent_tasks) == ["fit/fit-0", "fit/fit-1", "fit/fit-2"]
    assert [task.data.x for task in join.parent_tasks] == [0, 1, 2]
    assert next(iter(join.parent_task_pathspecs)) == "TrainFlow/1/fit/fit-0"
    assert next(iter(start.child_task_pathspecs)) == "TrainFlow/1/fit/fit-2"
    assert (start.index, fit.index) == (None, 1)


def test_a_loop_knows_its_rounds_exactly(write) -> None:
    run = write("1")
    before = run("start", to=("loop",))
    for index in range(3):
        before = run("loop", f"loop.{index}", [before], to=("loop",) if index < 2 else ("end",))
    run("end", parents=[before])
    assert paths(Step("TrainFlow/1/loop")) == ["loop/loop.2", "loop/loop.1", "loop/loop.0"]
    assert Step("TrainFlow/1/loop").task.id == "loop.2"
    assert paths(Task("TrainFlow/1/loop/loop.1").parent_tasks) == ["loop/loop.0"]
    assert paths(Task("TrainFlow/1/loop/loop.1").child_tasks) == ["loop/loop.2"]
    assert paths(Task("TrainFlow/1/start/start").child_tasks) == ["loop/loop.0"]
    assert paths(Task("TrainFlow/1/loop/loop.2").child_tasks) == ["end/end"]


def test_a_parent_is_the_attempt_that_was_used(write) -> None:
    run = write("1")
    first = run("start", artifacts={"x": 0}, to=("end",))
    run("end", parents=[first])
    run("start", artifacts={"x": 1}, to=("end",))
    (parent,) = Task("TrainFlow/1/end/end").parent_tasks
    assert parent.data.x == 0 and parent == Task("TrainFlow/1/start/start", attempt=0)
    assert paths(parent.child_tasks) == ["end/end"] and paths(Task("TrainFlow/1/start/start").child_tasks) == []


def test_a_parent_that_was_removed_is_named(write, tmp_path) -> None:
    write("1").succeed()
    (tmp_path / "root/TrainFlow/runs/1/start/start/0").unlink()
    with pytest.raises(NotFound, match="TrainFlow/1/start/start"):
        list(Task("TrainFlow/1/end/end").parent_tasks)


def test_steps_know_their_neighbours_in_the_graph(write) -> None:
    write("1", graph=GRAPH).foreach(2)
    fit = Step("TrainFlow/1/fit")
    assert [step.id for step in fit.parent_steps] == ["start"] and [step.id for step in fit.child_steps] == ["join"]
    assert list(Step("TrainFlow/1/start").parent_steps) == list(Step("TrainFlow/1/end").child_steps) == []


def test_the_graph_names_the_end_step(write) -> None:
    write("1", graph={**GRAPH, "end_step": "join"}).foreach(2)
    assert Run("TrainFlow/1").end_task.parent.id == "join"


@pytest.mark.parametrize("before", [3, 12])
def test_a_foreach_that_splits_into_fewer_items_after_a_clear_shows_only_those(write, before) -> None:
    run = write("1")
    run.foreach(before)
    run.foreach(2)
    assert paths(Step("TrainFlow/1/fit")) == ["fit/fit-1", "fit/fit-0"]
    assert "fit-2" in Step("TrainFlow/1/fit")
    assert paths(Task("TrainFlow/1/start/start").child_tasks) == ["fit/fit-1", "fit/fit-0"]


def test_the_inner_tasks_of_a_split_that_is_gone_are_gone_too(write) -> None:
    run = write("1")
    for outer in (2, 1):
        start = run("start", to=("split",), num_splits=outer)
        for i in range(outer):
            split = run("split", f"split-{i}", [start], to=("fit",), num_splits=2)
            for j in range(2):
                run("fit", f"fit-{i}-{j}", [split], to=("join",))
    assert paths(Step("TrainFlow/1/fit")) == ["fit/fit-0-1", "fit/fit-0-0"]


def test_a_branch_that_a_switch_no_longer_takes_is_not_shown(write) -> None:
    run = write("1")
    for branch in ("a", "b"):
        switch = run("start", to=(branch,))
        inner = run(f"{branch}2", parents=[run(branch, parents=[switch], to=(f"{branch}2",))], to=("end",))
        run("end", parents=[inner])
    assert [step.id for step in Run("TrainFlow/1")] == ["end", "b2", "b", "start"]
    assert list(Step("TrainFlow/1/a2")) == [] and Step("TrainFlow/1/a").task is None
    assert Step("TrainFlow/1/a").finished_at is None and Step("TrainFlow/1/a").created_at is None


def test_rounds_of_a_loop_that_ran_again_and_left_earlier_are_not_shown(write) -> None:
    run = write("1")
    for rounds in (4, 2):
        before = run("start", to=("loop",))
        for index in range(rounds):
            before = run("loop", f"loop.{index}", [before], to=("loop",) if index < rounds - 1 else ("end",))
    assert paths(Step("TrainFlow/1/loop")) == ["loop/loop.1", "loop/loop.0"]


def test_tasks_that_were_not_cleared_with_their_parent_stay(write) -> None:
    run = write("1")
    run.foreach(2)
    run("start", outcome="failed")
    assert len(list(Step("TrainFlow/1/fit"))) == 2 and Run("TrainFlow/1").successful


def test_a_loop_of_thousands_of_rounds_is_walked(write) -> None:
    run = write("1")
    before = run("start", to=("loop",))
    for index in range(1500):
        before = run("loop", f"loop.{index}", [before], to=("loop",) if index < 1499 else ("end",))
    run("end", parents=[before])
    assert [step.id for step in Run("TrainFlow/1")] == ["end", "loop", "start"]
    assert len(list(Step("TrainFlow/1/loop"))) == 1500
