"""Every graph shape, run one task after the other without Airflow: what its tasks leave is what Metaflow's leave.

`metaflow_results.json` holds what genuine Metaflow made of the same files; `test_against_metaflow.py` asks it again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.corpus import CASES, Case, Result, by_metaflow, comparable, remembering
from tests.conformance.running import simulated_run
from tests.conformance.simulated import Instance

METAFLOW = by_metaflow()
Run = Callable[[Case], Result]


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def metaflow_runs(case: Case) -> bool:
    return not case.differs or bool(case.differing)


@each_case
def test_a_run_succeeds_or_fails_as_metaflows_does(case: Case, core: Run) -> None:
    assert core(case).succeeded is not case.fails
    assert METAFLOW[case.name].succeeded is (not case.fails and metaflow_runs(case))


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=lambda case: case.name)
def test_the_same_tasks_fail(case: Case, core: Run) -> None:
    assert core(case).failed == METAFLOW[case.name].failed


@pytest.mark.parametrize(
    "case", [case for case in CASES if metaflow_runs(case) and not case.fails], ids=lambda case: case.name
)
def test_every_task_leaves_what_metaflows_leaves(case: Case, core: Run) -> None:
    """Which tasks there are, their artifacts, the order of inputs, the foreaches around them, where they go."""
    ours = core(case).tasks
    theirs = remembering(METAFLOW[case.name].tasks, ours)
    assert comparable(ours, case.differing) == comparable(theirs, case.differing)


@each_case
@pytest.mark.parametrize("lost", [0.0, 1.0], ids=["skips kept", "skips lost"])
def test_airflows_rules_run_the_same_tasks(case: Case, lost: float, core: Run, tmp_path: Path) -> None:
    """The plan, run by Airflow's trigger rules in an order left to chance, runs what the flow reaches and no more."""
    run, states = simulated_run(case, tmp_path, seed=len(case.name), lost=lost)
    if case.fails:
        assert (run.succeeded, run.failed) == (False, core(case).failed)
    else:
        assert run.tasks == core(case).tasks
        assert set(states.values()) <= {"success", "skipped"}


@pytest.mark.parametrize(
    ("case", "killed", "behind"),
    [
        (Case("catch_in_arms"), ("start", -1), "x2"),
        (Case("catch_before_join"), ("a", -1), "join"),
        (Case("catch_before_join"), ("body", 1), "gather"),
        (Case("catch_then_merge"), ("a", 2), "join"),
        (Case("recursion_first_in_foreach"), ("loop", 0), "join"),
        (Case("nested_in_switch", {"arm": "many"}), ("fan_out_deep", -1), "jm"),
    ],
)
def test_a_run_fails_where_a_switch_is_killed_whatever_is_caught_behind_it(
    case: Case, killed: Instance, behind: str, tmp_path: Path
) -> None:
    """A step whose switch chose nothing is not skipped, and a join does not go on with the inputs that are there."""
    run, states = simulated_run(case, tmp_path, killed=[killed])
    assert states["end", -1] in ("failed", "upstream_failed")
    assert not {"end", behind} & run.tasks.keys()


def test_a_static_join_gets_its_inputs_in_the_order_of_the_branches(core: Run) -> None:
    assert core(Case("split"))("join", "static_order") == "['c', 'a', 'b']"
    nested = core(Case("nested_split"))
    assert (nested("ja", "static_order"), nested("join", "static_order")) == ("['a2', 'a1']", "['ja', 'jb']")
    in_split = [core(case)("join", "static_order") for case in CASES if case.flow == "switch_in_split"]
    assert in_split == ["['x', 'b']", "['y', 'b']"]
    in_foreach = core(Case("switch_in_split_in_foreach"))
    assert [in_foreach(f"join[{index}]", "static_order") for index in (0, 1)] == ["['b', 'x']", "['b', 'y']"]


def test_a_foreach_goes_over_dicts_sets_and_generators(core: Run) -> None:
    run = core(Case("foreach_unordered"))
    assert run("ja", "ys") == "['b', 'a']"
    assert run("jb", "ys") == "[10, 20, 30]"
    assert run("jc", "ys") == "[0, 1, 4]"


def test_the_input_is_the_item_also_when_a_body_sets_what_is_iterated_over(core: Run) -> None:
    assert core(Case("foreach_rebound"))("join", "seen") == "[(1, 1), (2, 2)]"
    assert core(Case("same_variable"))("b[1,0]", "at") == "(0, 20, [(1, 2, 2), (0, 2, 20)])"


def test_a_foreach_join_gets_its_inputs_in_the_order_of_the_items_whatever_steps_they_come_from(core: Run) -> None:
    assert core(Case("switch_first_in_foreach"))("join", "vs") == "['even', 'odd', 'even']"
    assert core(Case("nested_in_switch", {"arm": "many"}))("jm", "v") == "['flat', ['p', 'q']]"


def test_items_are_still_there_behind_a_join_in_the_body(core: Run) -> None:
    assert core(Case("join_values"))("jb[1]", "stack") == "[(1, 2, 'p')]"
    assert core(Case("nested3"))("b2[1]", "at") == "(1, 'b', [(1, 2, 'b')])"


@pytest.mark.parametrize("case", [case for case in CASES if case.differs], ids=lambda case: case.name)
def test_what_differs_from_metaflow_still_does(case: Case, core: Run) -> None:
    """A difference that is gone needs no excuse any more."""
    theirs = METAFLOW[case.name]
    assert not theirs.succeeded or comparable(core(case).tasks) != remembering(
        comparable(theirs.tasks), core(case).tasks
    )
