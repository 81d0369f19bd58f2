"""`--without NAME`: decorators that are taken off the flow on purpose. LAUNCH and TASK.

A name with a minus in front, among the decorator strings, is one of these; so it goes wherever those go.
"""

from __future__ import annotations

from typing import Iterable

from airflow_provider_flows.decorators.attach import flow_decorators_of, leave_flow_decorators
from airflow_provider_flows.decorators.builtin.compute import ComputeDecorator, with_resources
from airflow_provider_flows.decorators.registry import known_names
from airflow_provider_flows.decorators.written import Written
from airflow_provider_flows.errors import UnknownDecorator
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.graph.wording import did_you_mean

_MARK = "-"


def dropping(names: Iterable[str]) -> tuple[str, ...]:
    """Return the decorator strings that drop what is named; several names may stand in one, with commas between."""
    each = (name.strip().lstrip("@") for text in names for name in text.split(","))
    return tuple(f"{_MARK}{name}" for name in each if name)


def attaching(specs: Iterable[str]) -> list[str]:
    """Return the decorator strings that attach something."""
    return [spec for spec in specs if not spec.startswith(_MARK)]


def dropped(specs: Iterable[str]) -> frozenset[str]:
    """Return the names of decorators that the decorator strings drop."""
    return frozenset(spec[len(_MARK) :] for spec in specs if spec.startswith(_MARK))


def check_dropped(names: Iterable[str], held: Iterable[Written]) -> None:
    """UnknownDecorator for a name that no decorator has, of those there are and those that are `held`."""
    known = {*known_names(), *(_name(each) for each in held)}
    for name in sorted(set(names) - known):
        raise UnknownDecorator(f"--without {name}: there is no decorator {name!r}.{did_you_mean(name, sorted(known))}")


def drop_from_step(step: StepAttachments, names: frozenset[str]) -> None:
    """Take decorators off a step. What one of them asks of a machine counts as `@resources` (the larger number)."""
    for kind in ("decorators", "wrappers", "config_decorators"):
        held = step.list_of(kind)
        for decorator in [each for each in held if _name(each) in names]:
            held.remove(decorator)
            if isinstance(decorator, ComputeDecorator):
                with_resources(step.decorators, decorator)


def drop_from_flow(flow_class: type, names: frozenset[str]) -> None:
    """Take decorators off a flow, not off the flows that it extends."""
    held = flow_decorators_of(flow_class)
    kept = [each for each in held if _name(each) not in names]
    if len(kept) < len(held):
        leave_flow_decorators(flow_class, kept)


def is_dropped(decorator: Written, names: frozenset[str]) -> bool:
    return _name(decorator) in names


def _name(decorator: Written) -> str:
    return decorator._flows_spec.name
