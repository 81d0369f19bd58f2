"""Random flows of everything nested in everything: they compile, and run as a plain reading of them says."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.dag_plan import DagPlan, GroupPlan, TaskPlan
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.rules import check_graph
from airflow_provider_flows.identity import parse_task_id
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.setup.runtime import FlowRuntime
from hypothesis import HealthCheck, given, settings

from tests.conformance.random_flows import Block, blocks, expected, source
from tests.conformance.simulated import UNMAPPED, Simulation
from tests.support.runner import run_again, runtime_of

few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def flow_file(block: Block) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="random-flow-"))
    try:
        file = folder / "random_flow.py"
        file.write_text(source(block))
        yield file
    finally:
        shutil.rmtree(folder)


def trails(runtime: FlowRuntime) -> dict[tuple[Any, ...], Any]:
    """Return the trail that each task left, by step, split path and round."""
    store, flow, run = runtime.store, runtime.name, runtime.run_id
    return {
        (step, *parse_task_id(task, step)): store.load(flow, record.artifacts["trail"])
        for step in store.steps(flow, run)
        for task, record in store.read_step(flow, run, step).items()
    }


def assert_the_plan_is_sound(plan: DagPlan, graph: FlowGraph) -> None:
    """Each step is one task; groups do not wait for each other in a circle; a nest's groups map over one list."""
    groups = [block for block in plan.blocks if isinstance(block, GroupPlan)]
    place = {task.task_id: group.group_id for group in groups for task in group.tasks}
    tasks = [task for block in plan.blocks for task in (block.tasks if isinstance(block, GroupPlan) else (block,))]
    steps = Counter(task.task_id for task in tasks if task.operator == "FlowStepOperator")
    assert steps == Counter(graph.topological)
    before: dict[str, set[str]] = {}
    for edge in plan.edges:
        before.setdefault(place.get(edge.downstream, edge.downstream), set()).add(
            place.get(edge.upstream, edge.upstream)
        )
    for group in groups:
        before.setdefault(group.group_id, set()).add(place.get(group.over, group.over))
    assert all(name not in above for name, above in before.items())
    TopologicalSorter(before).prepare()
    over: dict[tuple[str, ...], set[str]] = {}
    for group in groups:
        over.setdefault(graph[group.tasks[0].step].foreach_nest, set()).add(group.over)
        assert len({graph[task.step].foreach_nest for task in group.tasks}) == 1
        assert all(rule_of(task) != "one_success" for task in roots(group))
    assert all(len(lists) == 1 for lists in over.values())


def roots(group: GroupPlan) -> list[TaskPlan]:
    return [task for task in group.tasks if task.task_id not in {edge.downstream for edge in group.edges}]


def rule_of(task: TaskPlan) -> str:
    return str(dict(task.arguments).get("trigger_rule", "all_success"))


def assert_it_compiles(block: Block) -> None:
    with flow_file(block) as file:
        made = compile_flow(CompileOptions(file))
        assert check_graph(made.graph) == []
        assert_the_plan_is_sound(made.plan, made.graph)
        compile(made.text, "dag.py", "exec")


def assert_it_runs(block: Block) -> None:
    with flow_file(block) as file:
        runtime = runtime_of(file, file.parent / "store")
        assert run_again(runtime, {}).failed is None
        assert trails(runtime) == expected(block)


def assert_airflows_rules_run_it(block: Block, chance: random.Random) -> None:
    with flow_file(block) as file:
        plan, runtime = compile_flow(CompileOptions(file)).plan, runtime_of(file, file.parent / "store")
        simulation = Simulation(plan, runtime, {}, chance, lost=chance.choice((0.0, 0.5, 1.0)))
        with metaflow_names():
            states = simulation.run()
        assert set(states.values()) <= {"success", "skipped"}
        assert trails(runtime) == expected(block)


def assert_a_killed_task_fails_the_run(block: Block, chance: random.Random) -> None:
    with flow_file(block) as file:
        plan, runtime = compile_flow(CompileOptions(file)).plan, runtime_of(file, file.parent / "store")
        whole = Simulation(plan, runtime, {}, random.Random(0))
        with metaflow_names():
            reached = [instance for instance, state in whole.run().items() if state == "success"]
        victim = chance.choice(sorted(reached))
        runtime = replace(runtime, setup=replace(runtime.setup, run_id="killed"))
        simulation = Simulation(plan, runtime, {}, chance, lost=chance.choice((0.0, 0.5, 1.0)), killed={victim})
        with metaflow_names():
            states = simulation.run()
            assert states["end", UNMAPPED] in ("failed", "upstream_failed")
            assert trails(runtime).items() <= expected(block).items()
            simulation.clear(victim)
            states = simulation.run()
        assert set(states.values()) <= {"success", "skipped"}
        assert trails(runtime) == expected(block)


def assert_a_cleared_run_is_a_fresh_one(block: Block, chance: random.Random) -> None:
    """Other switches, sizes and rounds than before: what the run left the first time is not believed."""
    with flow_file(block) as file:
        plan, runtime = compile_flow(CompileOptions(file)).plan, runtime_of(file, file.parent / "store")
        simulation = Simulation(plan, runtime, {"turn": 0}, chance)
        with metaflow_names():
            simulation.run()
            simulation.parameters["turn"] = 1
            simulation.clear(("start", UNMAPPED))
            states = simulation.run()
        fresh = expected(block, turn=1)
        assert set(states.values()) <= {"success", "skipped"}
        assert trails(runtime).items() >= fresh.items()
        ran = Counter(task for (task, _), state in states.items() if state == "success" and task in runtime.graph)
        assert ran == Counter(step for step, path in {(step, path) for step, path, _ in fresh})


@few
@given(blocks())
def test_a_valid_flow_compiles_to_a_sound_plan(block: Block) -> None:
    assert_it_compiles(block)


@few
@given(blocks())
def test_a_flow_runs_as_it_reads(block: Block) -> None:
    assert_it_runs(block)


@few
@given(blocks())
def test_airflows_rules_run_what_a_flow_reaches(block: Block) -> None:
    assert_airflows_rules_run_it(block, random.Random(repr(block)))


@few
@given(blocks())
def test_a_killed_task_fails_the_run_until_it_is_cleared(block: Block) -> None:
    assert_a_killed_task_fails_the_run(block, random.Random(repr(block)))


@few
@given(blocks())
def test_a_cleared_run_gives_what_a_fresh_one_gives(block: Block) -> None:
    assert_a_cleared_run_is_a_fresh_one(block, random.Random(repr(block)))


@pytest.mark.slow
@many
@given(blocks())
def test_many_flows_compile_and_run(block: Block) -> None:
    assert_it_compiles(block)
    assert_it_runs(block)
    assert_airflows_rules_run_it(block, random.Random(repr(block)))
    assert_a_killed_task_fails_the_run(block, random.Random(repr(block)))
    assert_a_cleared_run_is_a_fresh_one(block, random.Random(repr(block)))
