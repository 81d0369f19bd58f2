"""`FlowSpec`, the class that a flow's author extends. Its methods run in the TASK phase, inside steps."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import Any, Iterator, NoReturn

from airflow_provider_flows.errors import FlowNotSerializable
from airflow_provider_flows.flow.absent import no_attribute
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of
from airflow_provider_flows.flow.inputs import Inputs
from airflow_provider_flows.flow.merge import merge_artifacts
from airflow_provider_flows.flow.next_call import PARALLEL, make_transition
from airflow_provider_flows.flow.objects import may_start
from airflow_provider_flows.flow.owned import owned_method, owned_property
from airflow_provider_flows.flow.state import FlowState, ForeachFrame, shown_value


class FlowSpec:
    """A flow: a class whose methods marked with `@step` are its steps.

    In a step, attributes set on `self` are artifacts: they are stored when the step ends and show in the steps that
    follow. Meaning of every name as in Metaflow 2.19, except what docs/differences.md lists.
    """

    _flow_decorators: list[Any]

    def __init__(self, use_cli: bool = True) -> None:
        self.__dict__["_flows_state"] = FlowState()
        if use_cli and may_start(type(self)):
            # By name, because the command line is above all packages: only a flow run as a script calls up to it.
            import_module("airflow_provider_flows.cli").run_as_script(type(self))

    @owned_property
    def name(self) -> str:
        """The flow's name: its class's."""
        return type(self).__name__

    @owned_property
    def script_name(self) -> str:
        """The base name of the file that defines the flow."""
        module = sys.modules.get(type(self).__module__)
        return str(getattr(module, "__file__", None) or inspect.getfile(type(self))).rsplit("/", 1)[-1]

    @owned_property
    def index(self) -> int | None:
        """The index of this task in the innermost foreach around it, or None outside of one."""
        frames = self._flows_state.frames
        return frames[-1].index if frames else None

    @owned_property
    def input(self) -> Any:
        """The item of the innermost foreach around this task, or None outside of one; of a `num_parallel` the index."""
        frames = self._flows_state.frames
        return self._flows_state.load_item(len(frames) - 1) if frames else None

    @owned_method
    def foreach_stack(self) -> list[tuple[int, int | None, Any]]:
        """Return `(index, number of items, item)` of each foreach around this task, outermost first.

        In a task of a `num_parallel` the last one is `(index, None, index)` (Metaflow 2.19).
        """
        state = self._flows_state
        return [
            (frame.index, None if frame.var == PARALLEL else frame.num_splits, state.load_item(depth))
            for depth, frame in enumerate(state.frames)
        ]

    @owned_method
    def merge_artifacts(
        self, inputs: Inputs, exclude: list[str] | None = None, include: list[str] | None = None
    ) -> None:
        """In a join: take over the artifacts on which all branches agree. See `flow.merge`."""
        merge_artifacts(self, inputs, exclude, include)

    @owned_method
    def next(self, *targets: Any, **keywords: Any) -> None:
        """Say which steps come next; the last statement of every step but the end.

        `self.next(self.a)`, `self.next(self.a, self.b)`, `self.next(self.a, foreach="items")`,
        `self.next(self.a, num_parallel=4)`, `self.next({value: self.a, other: self.b}, condition="artifact")`.
        InvalidNext when it cannot be done.
        """
        self._flows_state.transition = make_transition(self, targets, keywords, sys._getframe(1).f_lineno)

    def __getattr__(self, name: str) -> Any:
        state: FlowState | None = self.__dict__.get("_flows_state")
        if state is None or name.startswith("__") or name not in state.refs:
            raise no_attribute(self, name)
        value = state.load(name)
        self.__dict__[name] = value
        state.loaded[name] = value
        return value

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the step functions, by name."""
        return iter(steps_of(type(self)))

    @property
    def _steps(self) -> list[Any]:
        return steps_of(type(self))

    @property
    def _graph(self) -> Any:
        """The flow's graph, as tools that inspect flows expect it; `MyFlow(use_cli=False)._graph` reads it."""
        state: FlowState = self._flows_state
        if state.graph is None:
            from airflow_provider_flows.graph.parse import build_graph  # only tools make objects that have none yet

            state.graph = build_graph(type(self))
        return state.graph

    @property
    def _foreach_stack(self) -> list[ForeachFrame]:
        """The foreaches around this task, outermost first, as flows read them (Metaflow 2.19)."""
        state: FlowState = self._flows_state
        return [
            ForeachFrame(self._graph[frame.step].out_funcs[0], frame.var, frame.num_splits, frame.index, value)
            for depth, frame in enumerate(state.frames)
            for value in [shown_value(state.load_item(depth))]
        ]

    @property
    def _current_step(self) -> str | None:
        state: FlowState = self._flows_state
        return state.step_name

    def __str__(self) -> str:
        state = self._flows_state
        if state.step_name is None:
            return f"<flow {self.name}>"
        if not state.frames:
            return f"<flow {self.name} step {state.step_name}>"
        indices = ",".join(str(frame.index) for frame in state.frames)
        place = f"<flow {self.name} step {state.step_name}[{indices}]"
        if self.input is None:
            return f"{place}>"
        shown = str(self.input)
        return f"{place} (input: {shown if len(shown) <= 20 else shown[:20] + '...'})>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise FlowNotSerializable(
            "Flows can't be serialized. Maybe you tried to assign self or one of the inputs to an artifact: "
            "assign the artifact that you need instead, as in self.x = inputs[0].x."
        )


def steps_of(flow_class: type) -> list[Any]:
    """Return the step functions of a flow class, inherited ones included, by name."""
    members = (inspect.getattr_static(flow_class, name, None) for name in dir(flow_class))
    return [member for member in members if callable(member) and getattr(member, "is_step", False)]


def attached_steps(flow_class: type) -> list[StepAttachments]:
    """Return what is attached to the steps of a flow class, in the order of `steps_of`.

    Left out is what only looks like a step, such as an object that hands on what it is asked for: the graph says so.
    """
    return [attachments_of(step) for step in steps_of(flow_class) if "decorators" in getattr(step, "__dict__", ())]
