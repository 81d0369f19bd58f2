"""What holds on every supported version of Airflow. Each check is given an Airflow with all flows deployed in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airflow_provider_flows.operators.older_airflow import MENDED

from tests.integration import test_clears, test_deaths, test_seen, test_shapes, test_words
from tests.integration.deployment import FlowAirflow
from tests.versions import pages

Law = Callable[[FlowAirflow], None]


def every_shape(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ShapesFlow", rounds=3)
    assert run.value("end", "found") == [3, [["b", 10], ["b", 20]], 3]
    test_shapes.test_three_foreaches_inside_one_another(airflow)
    test_shapes.test_each_item_of_a_foreach_takes_its_own_arm_of_a_switch(airflow)
    test_shapes.test_a_retried_recursion_goes_on_at_the_iteration_that_failed(airflow)
    test_shapes.test_steps_may_be_called_as_airflow_s_own_names(airflow)


def parameters(airflow: FlowAirflow) -> None:
    test_words.test_parameters_arrive_with_their_defaults(airflow)
    test_words.test_parameters_arrive_as_they_were_given(airflow)
    test_words.test_wrong_parameters_are_rejected_by_the_api(airflow, {"count": "many"})
    test_words.test_a_key_that_is_no_parameter_fails_the_first_step_before_user_code(airflow)


def a_kill_that_is_caught(airflow: FlowAirflow) -> None:
    test_deaths.assert_caught(airflow.run_flow("DeathFlow"), user_tries=2)


def clears(airflow: FlowAirflow) -> None:
    if is_older(airflow):
        fewer_items_after_a_clear_fail_with_what_helps(airflow)
    else:
        test_clears.test_a_cleared_run_finds_the_world_as_it_is_now(airflow)
    test_clears.test_one_cleared_item_starts_its_retries_anew(airflow)
    test_clears.test_a_switch_that_changes_its_mind_leaves_nothing_of_the_other_branch(airflow)
    test_clears.test_a_cleared_recursion_starts_over(airflow)


def fewer_items_after_a_clear_fail_with_what_helps(airflow: FlowAirflow) -> None:
    world = airflow.home / "older-world.txt"
    world.write_text("1 2")
    run = airflow.run_flow("ClearFlow", world=str(world))
    for numbers, ended in (("1 2 2", "success"), ("3 1", "failed"), ("3 1 2", "success")):
        world.write_text(numbers)
        run.clear()
        assert run.wait() == ended
        assert (run.states["start"], len(run.attempts("start"))) == (ended, len(run.tries("start")))
    assert "Step 'start' has split into 2 items, and into 3 before it was cleared." in run.log("start", try_number=3)
    assert run.value("end", "results") == [(6, 9, 1), (2, 1, 0), (4, 4, 0)]


def is_older(airflow: FlowAirflow) -> bool:
    """Whether Airflow never goes on after mapped tasks that a clear removed."""
    version: str = airflow.get("version")["version"]
    return tuple(map(int, version.split(".")[:2])) < MENDED


CHECKS: Mapping[str, Law] = {
    "shapes": every_shape,
    "parameters": parameters,
    "retries": test_shapes.test_the_demo_s_flow_catches_a_division_by_zero,
    "caught deaths": a_kill_that_is_caught,
    "clears": clears,
    "logs and rendered templates": test_seen.test_airflow_shows_what_failed_what_was_caught_and_what_was_stored,
    "pages of a DAG": pages.what_airflow_shows_of_a_dag,
}
"""By the name that stands in the results and in docs/compatibility.md."""
