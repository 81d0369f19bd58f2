"""Bring a flow's decorators to life in this process: mutators, late decorators, their first hooks. All phases."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import ExecutionPhase, SystemContext, entered
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.dropping import (
    check_dropped,
    drop_from_flow,
    drop_from_step,
    dropped,
    is_dropped,
)
from airflow_provider_flows.decorators.from_specs import attach_specs
from airflow_provider_flows.decorators.hooks import call_hook
from airflow_provider_flows.decorators.logger import say
from airflow_provider_flows.decorators.mutators import MutableFlow, MutableStep, flow_mutators_of
from airflow_provider_flows.decorators.written import Written
from airflow_provider_flows.errors import FlowsError, InvalidFlow, Problem, words_of
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of
from airflow_provider_flows.flow.config import ConfigResolver, read_configs
from airflow_provider_flows.flow.config_value import plain_value
from airflow_provider_flows.flow.flowspec import attached_steps, steps_of
from airflow_provider_flows.flow.objects import make_flow
from airflow_provider_flows.flow.parameters import parameters_of
from airflow_provider_flows.flow.tracebacks import raised_at
from airflow_provider_flows.metaflow_compat import metaflow_names


def set_up_decorators(
    flow_class: type,
    graph: Any,
    phase: ExecutionPhase,
    specs: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    configs: Mapping[str, Any] | None = None,
    **fields: Any,
) -> SystemContext:
    """Initialise all decorators of a flow and return its context.

    The order is Metaflow 2.19's: flow mutators, step mutators, parameters, `flow_init`, decorators from strings, the
    mutators' second turn, then `init` and `step_init` of all. What several decorators complain about is raised
    together, as one InvalidFlow, each at its own line. Without `configs`, the defaults of configurations are read.
    """
    with metaflow_names():
        values = read_configs(flow_class, _folder(flow_class)) if configs is None else configs
        return _Setup(flow_class, graph, values).run(phase, specs, dict(options or {}), fields)


def package_decorators(flow_class: type, context: SystemContext) -> list[Written]:
    """Call `package_init` of all step decorators, and return everything that may add files to the package. LAUNCH."""
    steps = attached_steps(flow_class)
    with metaflow_names():
        for step in steps:
            for decorator in step.decorators:
                call_hook(decorator, "package_init", context._values(step_name=step.name))
    held = [each for step in steps for each in (*step.decorators, *step.wrappers, *step.config_decorators)]
    return [*flow_decorators_of(flow_class), *flow_mutators_of(flow_class), *held]


class _Setup:
    def __init__(self, flow_class: type, graph: Any, configs: Mapping[str, Any]) -> None:
        self.flow_class, self.graph = flow_class, graph
        self.resolve = ConfigResolver(flow_class, configs)
        self.problems: list[Problem] = []
        self.wrong: list[Any] = []
        self.dropped: frozenset[str] = frozenset()
        _own_steps(flow_class)

    def run(
        self, phase: ExecutionPhase, specs: Sequence[str], options: dict[str, Any], fields: dict[str, Any]
    ) -> SystemContext:
        flow = make_flow(self.flow_class)
        flow._flows_state.graph = self.graph
        context = SystemContext(**{"phase": phase, "flow": flow, "graph": self.graph, "logger": say, **fields})
        names = self.dropped = dropped(specs)
        with entered(context):
            if names and context.is_launch:
                check_dropped(names, self.held)
            self.drop(names)
            self.mutate_early()
            for parameter in parameters_of(self.flow_class).values():
                with self.noted(parameter):
                    parameter.resolve_configs(lambda value: plain_value(self.resolve(value)))
            self.init_flow(context, options)
            attach_specs(self.steps, specs)
            self.mutate_late()
            self.drop(names)  # what others have added meanwhile
            self.init_steps(context)
        if self.problems:
            raise InvalidFlow(self.problems)
        return context

    @property
    def steps(self) -> list[StepAttachments]:
        return attached_steps(self.flow_class)

    @property
    def held(self) -> Iterator[Written]:
        """Everything that is written above the flow and its steps."""
        yield from (*flow_decorators_of(self.flow_class), *flow_mutators_of(self.flow_class))
        for step in self.steps:
            yield from (*step.decorators, *step.wrappers, *step.config_decorators)

    def drop(self, names: frozenset[str]) -> None:
        """Take decorators of these names off the flow and its steps."""
        if names:
            drop_from_flow(self.flow_class, names)
            for step in self.steps:
                drop_from_step(step, names)

    def mutate_early(self) -> None:
        for mutator in self.flow_mutators():
            with self.noted(mutator):
                mutator.external_init(self.resolve)
                mutator.pre_mutate(self.mutable(mutator, early=True))
        for step in self.steps:
            for mutator in _growing(step.config_decorators):
                with self.noted(mutator):
                    mutator.external_init(self.resolve)
                    mutator.pre_mutate(MutableStep(step, self.mutable(mutator, early=True), mutator, early=True))

    def mutate_late(self) -> None:
        for mutator in self.flow_mutators():
            with self.noted(mutator):
                mutator.mutate(self.mutable(mutator, early=False))
        for step in self.steps:
            for mutator in list(step.config_decorators):
                with self.noted(mutator):
                    mutator.external_init(self.resolve)  # those from strings were not there before
                    mutator.mutate(MutableStep(step, self.mutable(mutator, early=False), mutator, early=False))

    def init_flow(self, context: SystemContext, options: dict[str, Any]) -> None:
        decorators = flow_decorators_of(self.flow_class)
        for decorator in decorators:
            with self.noted(decorator):
                decorator.external_init(self.resolve)
        for decorator in self.initialised(decorators):
            with self.noted(decorator):
                _init_flow(decorator, context, options)

    def init_steps(self, context: SystemContext) -> None:
        for step in self.steps:
            step.flows_context = context
            context.register_step_decorators(step.name, step.decorators)
            for decorator in (*step.decorators, *step.wrappers):
                with self.noted(decorator):
                    decorator.external_init(self.resolve)
        for step in self.steps:
            for decorator in self.initialised(step.decorators):
                with self.noted(decorator):
                    _init_step(decorator, step, context)

    def initialised(self, decorators: Sequence[Any]) -> list[Any]:
        """Return those that can be asked for more: nothing was wrong with them so far."""
        return [each for each in decorators if all(each is not other for other in self.wrong)]

    def flow_mutators(self) -> Iterator[Any]:
        """Yield the flow's mutators, those that others add while they run included."""
        done: list[Any] = []
        while True:
            waiting = [each for each in flow_mutators_of(self.flow_class) if all(each is not other for other in done)]
            if not waiting:
                return
            done.append(waiting[0])
            if not is_dropped(waiting[0], self.dropped):
                yield waiting[0]

    def mutable(self, mutator: Any, early: bool) -> MutableFlow:
        return MutableFlow(self.flow_class, self.resolve.values, mutator, early)

    @contextlib.contextmanager
    def noted(self, decorator: Any) -> Iterator[None]:
        """Note what a decorator complains about, at its own line, instead of raising it."""
        try:
            yield
        except (Exception, SystemExit) as error:
            self.wrong.append(decorator)
            self.problems.extend(_problems(decorator, error))


def _own_steps(flow_class: type) -> None:
    """Give the flow copies of its step functions, with lists of decorators of its own.

    Steps of a base class are shared by all flows that extend it, in this process and the next load of this one; what is
    attached here must not show there.
    """
    for step in steps_of(flow_class):
        if isinstance(step, types.FunctionType) and attachments_of(step).flows_owner is not flow_class:
            copy = types.FunctionType(
                step.__code__, step.__globals__, step.__name__, step.__defaults__, step.__closure__
            )
            copy.__dict__.update(step.__dict__)
            copy.__doc__, copy.__qualname__, copy.__kwdefaults__ = step.__doc__, step.__qualname__, step.__kwdefaults__
            copy.__module__, copy.__annotations__ = step.__module__, step.__annotations__
            attachments_of(copy).belong_to(flow_class)
            setattr(flow_class, step.__name__, copy)


def _growing(held: list[Any]) -> Iterator[Any]:
    """Yield the items of a list that may grow meanwhile."""
    position = 0
    while position < len(held):
        yield held[position]
        position += 1


def _folder(flow_class: type) -> Path:
    """Return the folder of the flow's file."""
    file = getattr(sys.modules.get(flow_class.__module__), "__file__", None)
    return Path(file).resolve().parent if file else Path()


def _problems(decorator: Any, error: BaseException) -> Sequence[Problem]:
    if isinstance(error, InvalidFlow):
        return error.problems
    if isinstance(error, FlowsError):
        return [decorator.problem(str(error))]
    return [decorator.problem(f"{decorator!r} failed: {words_of(error)} (at {raised_at(error)}).")]


def _init_flow(decorator: FlowDecorator, context: SystemContext, options: dict[str, Any]) -> None:
    options = {**{name: option.get("default") for name, option in decorator.options.items()}, **options}
    call_hook(decorator, "flow_init", context._values(echo=say, options=options))


def _init_step(decorator: StepDecorator, step: StepAttachments, context: SystemContext) -> None:
    call_hook(decorator, "step_init", context._values(step_name=step.name, decorators=step.decorators))
