"""How decorators come to their steps and flows: `@name` and `@name(…)`. Runs when a flow file is imported."""

from __future__ import annotations

from typing import Any, Callable

from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.decorator import Decorator
from airflow_provider_flows.decorators.written import problem_at, same_kind, where_written
from airflow_provider_flows.errors import DuplicateDecorator, InvalidDecoratorAttribute, InvalidFlow
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of
from airflow_provider_flows.rejections import reject


def decorator_function(cls: type[Any]) -> Callable[..., Any]:
    """Return the function that authors write above a step or a flow, whichever the class is for."""
    return step_decorator(cls) if issubclass(cls, StepDecorator) else flow_decorator(cls)


def step_decorator(cls: type[StepDecorator]) -> Callable[..., Any]:
    """Return the function that authors write as `@name` or `@name(attribute=value)` above a step."""

    def attach(target: Any, attributes: dict[str, Any], source: tuple[str, int]) -> Any:
        decorator = _make(cls, attributes, source)
        if not callable(target) or not getattr(target, "is_step", False):
            what = f"@{cls.name} is applied to something that is not a step."
            reject(problem_at(source, what, "Put @step directly above the def, below all other decorators."))
        elif decorator is not None:
            add_step_decorator(attachments_of(target), decorator)
        return target

    return _decorator_function(cls, attach)


def flow_decorator(cls: type[FlowDecorator]) -> Callable[..., Any]:
    """Return the function that authors write as `@name` or `@name(attribute=value)` above a flow class."""

    def attach(target: Any, attributes: dict[str, Any], source: tuple[str, int]) -> Any:
        from airflow_provider_flows.flow.flowspec import FlowSpec  # decorators and flows know each other by name only

        decorator = _make(cls, attributes, source)
        if not (isinstance(target, type) and issubclass(target, FlowSpec)):
            what = f"@{cls.name} is applied to something that is not a FlowSpec class."
            reject(problem_at(source, what, "Put it directly above the class of the flow."))
        elif decorator is not None:
            add_flow_decorator(target, decorator)
        return target

    return _decorator_function(cls, attach)


def add_step_decorator(step: StepAttachments, decorator: StepDecorator) -> None:
    """Append to the step's decorators; a second one of a kind that may be used once is rejected."""
    if same_kind(decorator, step.decorators) is not None:
        reject(decorator.problem(f"step {step.name!r} has @{decorator.name} twice.", "Keep one of them."))
    else:
        step.decorators.append(decorator)


def add_flow_decorator(flow_class: type, decorator: FlowDecorator) -> None:
    """Append to the class's own flow decorators; see `add_step_decorator`."""
    own = flow_class.__dict__.get("_flow_decorators") or []
    if same_kind(decorator, own) is not None:
        reject(decorator.problem(f"flow {flow_class.__name__} has @{decorator.name} twice.", "Keep one of them."))
    else:
        flow_class._flow_decorators = [*own, decorator]  # type: ignore[attr-defined]


def flow_decorators_of(flow_class: type) -> list[FlowDecorator]:
    """Return a flow's decorators, those of its bases included; two of one kind from two bases are rejected.

    A mutator that changed the list left the complete one on the flow itself.
    """
    found: list[FlowDecorator] = []
    if flow_class.__dict__.get("_flow_decorators_complete"):
        return list(flow_class._flow_decorators)  # type: ignore[attr-defined]
    for base in flow_class.__mro__:
        for decorator in base.__dict__.get("_flow_decorators") or []:
            if same_kind(decorator, found) is not None:
                raise InvalidFlow(
                    [
                        decorator.problem(
                            f"flow {flow_class.__name__} gets @{decorator.name} from two classes.",
                            "Keep it on one of them.",
                        )
                    ]
                ) from DuplicateDecorator(decorator.name)
            found.append(decorator)
    return found


def leave_flow_decorators(flow_class: type, decorators: list[FlowDecorator]) -> None:
    """Leave a flow with these decorators, and none of its bases'."""
    flow_class._flow_decorators = decorators  # type: ignore[attr-defined]
    flow_class._flow_decorators_complete = True  # type: ignore[attr-defined]


def _decorator_function(
    cls: type[Decorator], attach: Callable[[Any, dict[str, Any], tuple[str, int]], Any]
) -> Callable[..., Any]:
    def decorate(*targets: Any, **attributes: Any) -> Any:
        source = where_written(2)
        if targets and (attributes or len(targets) > 1 or not callable(targets[0])):
            shown = ", ".join(repr(target) for target in targets)
            fix = f"Write @{cls.name}({', '.join(f'{key}=…' for key in cls.defaults)})."
            reject(problem_at(source, f"@{cls.name} takes named attributes only, not {shown}.", fix))
            return lambda target: target
        if targets:
            return attach(targets[0], attributes, source)
        return lambda target: attach(target, attributes, source)

    decorate.__name__ = decorate.__qualname__ = cls.name
    decorate.__doc__ = cls.__doc__
    decorate.decorator_class = cls  # type: ignore[attr-defined]
    return decorate


def _make(cls: type[Any], attributes: dict[str, Any], source: tuple[str, int]) -> Any:
    """Return the decorator; None when it was rejected."""
    try:
        decorator = cls(attributes, statically_defined=True)
    except InvalidDecoratorAttribute as error:
        reject(problem_at(source, str(error)))
        return None
    decorator.source = source
    return decorator
