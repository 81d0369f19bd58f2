"""Mutators: classes that add, change and remove decorators and parameters of a flow or a step. All phases.

They run in every process that loads the flow, before anything is compiled or run, so they must give the same result
each time. Lifecycle, names and duplicate policies are Metaflow 2.19's.
"""

from __future__ import annotations

import enum
from typing import Any, Iterator

from airflow_provider_flows.decorators.attach import flow_decorators_of, leave_flow_decorators
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.custom import CustomDecorator
from airflow_provider_flows.decorators.registry import find_decorator
from airflow_provider_flows.decorators.specs import parse_spec
from airflow_provider_flows.decorators.written import Spec, Written, same_kind
from airflow_provider_flows.errors import DecoratorError, DuplicateDecorator
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.flow.config_value import ConfigValue
from airflow_provider_flows.flow.flowspec import FlowSpec, attached_steps
from airflow_provider_flows.flow.parameters import Parameter, parameters_of
from airflow_provider_flows.text import in_short


class Duplicates(enum.IntEnum):
    """What to do when a step or flow has a decorator already that is to be added."""

    IGNORE = 1
    ERROR = 2
    OVERRIDE = 3


class DuplicatePolicies:
    """The policies as attributes, for flows that reach them through an object: `mutable_step.OVERRIDE`."""

    IGNORE = Duplicates.IGNORE
    ERROR = Duplicates.ERROR
    OVERRIDE = Duplicates.OVERRIDE


class Mutator(DuplicatePolicies, CustomDecorator):
    """What both kinds of mutators share."""


class StepMutator(Mutator):
    """Changes the decorators of its step: override `pre_mutate` or `mutate`, and `init` to take arguments."""

    _flows_list = "config_decorators"

    def pre_mutate(self, mutable_step: MutableStep) -> None:
        """Early: all kinds of decorators may be added and removed."""

    def mutate(self, mutable_step: MutableStep) -> None:
        """Late, when decorators from the command line are there: StepMutators can no longer be added or removed."""


class FlowMutator(Mutator):
    """Changes a flow: its parameters, its decorators and those of its steps."""

    def pre_mutate(self, mutable_flow: MutableFlow) -> None:
        """Early: parameters and flow decorators may be added and removed."""

    def mutate(self, mutable_flow: MutableFlow) -> None:
        """Late, when decorators from the command line are there: only decorators of steps can be changed."""

    def attach_to(self, target: Any) -> Any:
        target._flow_mutators = [*target.__dict__.get("_flow_mutators", ()), self]
        return target

    @classmethod
    def _is_target(cls, target: Any) -> bool:
        return isinstance(target, type) and issubclass(target, FlowSpec)

    @classmethod
    def _not_a_target(cls) -> str:
        return "something that is not a FlowSpec class"


class MutableStep(DuplicatePolicies):
    """A step in the hands of a mutator."""

    def __init__(self, step: StepAttachments, flow: MutableFlow, mutator: Mutator, early: bool) -> None:
        self._step, self._flow, self._mutator, self._early = step, flow, mutator, early

    @property
    def name(self) -> str:
        return self._step.name

    @property
    def flow(self) -> MutableFlow:
        return self._flow

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        """Yield the step's decorators as (name, full name, arguments, keyword arguments)."""
        step = self._step
        for decorator in (*step.decorators, *step.wrappers, *step.config_decorators):
            yield decorator._flows_spec

    def has_decorator(self, name: str) -> bool:
        return any(True for _ in self.get_decorator_specs(name))

    def get_decorator_specs(self, name: str) -> list[Spec]:
        return [spec for spec in self.decorator_specs if spec.is_called(name)]

    def add_decorator(
        self,
        decorator: Any,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
        duplicates: int = Duplicates.IGNORE,
    ) -> Any:
        """Add a decorator: its class, its function such as `retry`, or a string such as `"retry:times=2"`.

        Return it, or None when the step had one already and `duplicates` lets that one win. DuplicateDecorator for
        ERROR, if the mutator itself was written in the flow's file.
        """
        made = _make(decorator, deco_args, deco_kwargs, self._mutator, StepDecorator)
        if isinstance(made, (FlowDecorator, FlowMutator)):
            raise DecoratorError(f"step {self.name!r}: @{made._flows_spec.name} is a decorator of flows.")
        held = self._held(made)
        return made if _add(held, made, duplicates, self._mutator, f"step {self.name!r}") else None

    def remove_decorator(
        self, deco_name: str, deco_args: list[Any] | None = None, deco_kwargs: dict[str, Any] | None = None
    ) -> bool:
        """Remove the decorators of a name, with exactly these arguments where given; return whether there was any."""
        step = self._step
        lists: list[list[Any]] = [step.decorators, step.wrappers, *([step.config_decorators] if self._early else [])]
        return any([_remove(held, deco_name, deco_args, deco_kwargs) for held in lists])

    def _held(self, made: Written) -> list[Any]:
        if isinstance(made, StepMutator) and not self._early:
            raise DecoratorError(f"step {self.name!r}: a StepMutator can only be added in pre_mutate.")
        return self._step.list_of(made._flows_list)


class MutableFlow(DuplicatePolicies):
    """A flow in the hands of a mutator. Steps and parameters are also attributes of it."""

    def __init__(self, flow_class: type, configs: dict[str, Any], mutator: Mutator, early: bool) -> None:
        self._flow_class, self._configs, self._mutator, self._early = flow_class, configs, mutator, early

    @property
    def name(self) -> str:
        return self._flow_class.__name__

    @property
    def decorator_specs(self) -> Iterator[Spec]:
        yield from (decorator._flows_spec for decorator in flow_decorators_of(self._flow_class))

    def has_decorator(self, name: str) -> bool:
        return any(True for _ in self.get_decorator_specs(name))

    def get_decorator_specs(self, name: str) -> list[Spec]:
        return [spec for spec in self.decorator_specs if spec.is_called(name)]

    @property
    def configs(self) -> Iterator[tuple[str, ConfigValue]]:
        """Yield the flow's configurations, as (name, value)."""
        yield from self._configs.items()

    @property
    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield the flow's parameters, as (attribute, parameter)."""
        yield from parameters_of(self._flow_class).items()

    @property
    def steps(self) -> Iterator[tuple[str, MutableStep]]:
        """Yield the flow's steps, as (name, step)."""
        for step in attached_steps(self._flow_class):
            yield step.name, MutableStep(step, self, self._mutator, self._early)

    def add_parameter(self, name: str, value: Parameter, overwrite: bool = False) -> None:
        """Add a parameter as attribute `name`; DecoratorError if there is one that may not be replaced."""
        self._require_early("add_parameter")
        if not isinstance(value, Parameter):
            raise DecoratorError(f"flow {self.name}: {name!r} must be a Parameter, not {value!r:.80}.")
        if hasattr(self._flow_class, name) and not overwrite:
            raise DecoratorError(
                f"flow {self.name} has an attribute {name!r} already. Pass overwrite=True to replace it."
            )
        value.attribute_name = name
        setattr(self._flow_class, name, value)

    def remove_parameter(self, parameter_name: str) -> bool:
        """Remove the parameter of that name; return whether there was one."""
        self._require_early("remove_parameter")
        for attribute, parameter in parameters_of(self._flow_class).items():
            if parameter_name in (attribute, parameter.name):
                setattr(self._flow_class, attribute, _Removed())
                return True
        return False

    def add_decorator(
        self,
        decorator: Any,
        deco_args: list[Any] | None = None,
        deco_kwargs: dict[str, Any] | None = None,
        duplicates: int = Duplicates.IGNORE,
    ) -> Any:
        """Add a flow decorator or a FlowMutator; see `MutableStep.add_decorator`."""
        self._require_early("add_decorator")
        made = _make(decorator, deco_args, deco_kwargs, self._mutator, FlowDecorator)
        if not isinstance(made, (FlowDecorator, FlowMutator)):
            raise DecoratorError(f"flow {self.name}: @{made._flows_spec.name} is a decorator of steps.")
        if isinstance(made, FlowMutator):
            made.attach_to(self._flow_class)
            return made
        held = flow_decorators_of(self._flow_class)
        added = _add(held, made, duplicates, self._mutator, f"flow {self.name}")
        self._set_decorators(held)
        return made if added else None

    def remove_decorator(
        self, deco_name: str, deco_args: list[Any] | None = None, deco_kwargs: dict[str, Any] | None = None
    ) -> bool:
        """Remove flow decorators; see `MutableStep.remove_decorator`. FlowMutators cannot be removed."""
        self._require_early("remove_decorator")
        held = flow_decorators_of(self._flow_class)
        removed = _remove(held, deco_name, deco_args, deco_kwargs)
        self._set_decorators(held)
        return removed

    def __getattr__(self, name: str) -> Any:
        found = {**self._configs, **dict(self.parameters), **dict(self.steps)}
        if name.startswith("_") or name not in found:
            raise AttributeError(f"flow {self.name} has no step, parameter or configuration {name!r}")
        return found[name]

    def _set_decorators(self, decorators: list[Any]) -> None:
        leave_flow_decorators(self._flow_class, decorators)

    def _require_early(self, method: str) -> None:
        if not self._early:
            raise DecoratorError(f"flow {self.name}: {method} can only be called in pre_mutate.")


class _Removed:
    """Stands where an inherited parameter was removed; reading it is an error, as if it had never been."""

    def __get__(self, flow: Any, owner: type) -> Any:
        raise AttributeError("this parameter was removed by a mutator")


def flow_mutators_of(flow_class: type) -> list[Any]:
    """Return a flow's mutators, those of its bases first."""
    return [each for base in reversed(flow_class.__mro__) for each in base.__dict__.get("_flow_mutators", ())]


def _make(decorator: Any, args: Any, kwargs: Any, mutator: Mutator, kind: type[Any]) -> Written:
    """Return a decorator made of a class, a decorator function or a string, marked as inserted by the mutator."""
    given = dict(kwargs or {})
    if isinstance(decorator, str):
        name, attributes = parse_spec(decorator)
        if attributes and (args or given):
            raise DecoratorError(f"{decorator!r} has arguments of its own: leave out deco_args and deco_kwargs.")
        given = given or attributes
        decorator = find_decorator(name, f"@{mutator.decorator_name}", kind)
    cls = getattr(decorator, "decorator_class", decorator)
    if not (isinstance(cls, type) and issubclass(cls, (CustomDecorator, StepDecorator, FlowDecorator))):
        raise DecoratorError(f"{in_short(decorator)} is not a decorator. Give its class, its function, or a string.")
    origin: dict[str, Any] = {
        "statically_defined": mutator.statically_defined,
        "inserted_by": [mutator.full_name, *mutator.inserted_by],
    }
    if issubclass(cls, CustomDecorator):
        return cls.make(tuple(args or ()), given, mutator.source, **origin)
    if args:
        raise DecoratorError(f"@{cls.name} takes no positional arguments.")
    made: Written = cls(given, **origin)
    made.source = mutator.source
    return made


def _add(held: list[Any], made: Written, duplicates: int, mutator: Mutator, where: str) -> bool:
    """Add `made` unless the policy lets what is there win; return whether it was added."""
    there = same_kind(made, held)
    if there is None:
        held.append(made)
        return True
    if duplicates == Duplicates.ERROR and mutator.statically_defined:
        raise DuplicateDecorator(
            f"{where} has @{made._flows_spec.name} already, and @{mutator.decorator_name} adds it again."
        )
    if duplicates != Duplicates.OVERRIDE:
        return False
    held[held.index(there)] = made
    return True


def _remove(held: list[Any], name: str, args: Any, kwargs: Any) -> bool:
    kept = [each for each in held if not (each._flows_spec.is_called(name) and each._flows_spec.has(args, kwargs))]
    removed = len(kept) < len(held)
    held[:] = kept
    return removed
