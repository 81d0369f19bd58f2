"""Names that belong to a flow, which none of its code may set: those of every flow, parameters, constants. Any phase.

What is set all the same is told with its line before a run, and in the same words by the step that does it.
"""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any, Callable, NoReturn, TypeVar

from airflow_provider_flows.flow.config import configs_of
from airflow_provider_flows.flow.constants import constants_of
from airflow_provider_flows.flow.parameters import parameters_of
from airflow_provider_flows.graph.reserved import OF_EVERY_FLOW

FIX = "Choose another name."
Method = TypeVar("Method", bound=Callable[..., Any])


def owned_names(flow_class: type) -> set[str]:
    """Return all names that belong to a flow."""
    from airflow_provider_flows.flow.flowspec import FlowSpec  # which is made of what is here

    constants = constants_of(flow_class, FlowSpec)
    return {*OF_EVERY_FLOW, *parameters_of(flow_class), *configs_of(flow_class), *constants}


def cannot_set(flow_class: type, name: str) -> str:
    """Return what is said of setting `self.<name>`, which belongs to the flow."""
    if name in OF_EVERY_FLOW:
        why = "every flow has it"
    elif name in parameters_of(flow_class):
        why = "it is a Parameter of the flow"
    else:
        why = f"it is a {'Config' if name in configs_of(flow_class) else 'constant'} of the flow"
    return f"self.{name} cannot be set: {why}."


class Owned:
    """A descriptor that cannot be set or deleted on a flow object."""

    name: str
    flow_class: type = object

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, flow: Any, value: Any) -> NoReturn:
        raise AttributeError(f"{cannot_set(self.flow_class, self.name)} {FIX}")

    def __delete__(self, flow: Any) -> NoReturn:
        raise AttributeError(f"{cannot_set(self.flow_class, self.name)} {FIX}")


if TYPE_CHECKING:  # to a type checker they are a property and a method like others
    owned_property = property

    def owned_method(method: Method) -> Method: ...
else:

    class owned_property(Owned, property):
        """A property of every flow."""

    class owned_method(Owned):
        """A method of every flow."""

        def __init__(self, method: Callable[..., Any]) -> None:
            self.__func__, self.__doc__ = method, method.__doc__

        def __get__(self, flow: Any, owner: type | None = None) -> Any:
            return self.__func__ if flow is None else MethodType(self.__func__, flow)
