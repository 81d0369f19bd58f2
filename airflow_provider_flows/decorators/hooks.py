"""How a decorator's hook is called: arguments by name, put in order once, from the signatures in `base`.

Authors name a hook's arguments as they like, so they are passed by position. LAUNCH and TASK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.markers import Hook, Variant


@dataclass(frozen=True)
class Arguments:
    """The names of what a method takes, in order: `positional`, and `named` where there is a value for them."""

    positional: tuple[str, ...]
    named: tuple[str, ...]

    @classmethod
    def of(cls, method: Hook) -> Arguments:
        """Return the arguments of a method as it is specified, without `self`."""
        code = method.__code__
        end = code.co_argcount
        names = code.co_varnames
        return cls(names[1:end], names[end : end + code.co_kwonlyargcount])

    def call(self, method: Hook, values: Mapping[str, object]) -> object:
        """Call `method` with its share of `values`; KeyError when one is missing."""
        named = {name: values[name] for name in self.named if name in values}
        return method(*[values[name] for name in self.positional], **named)


@dataclass(frozen=True)
class HookCall:
    """One hook in both forms: as Metaflow always had it, and as the variant that reads the rest from the context."""

    arguments: Arguments
    variant: str
    variant_arguments: Arguments


def _calls(specification: type) -> dict[str, HookCall]:
    """Return all hooks that a class specifies, by name."""
    return {
        hook.__name__: HookCall(Arguments.of(hook), name, Arguments.of(variant.specification))
        for name, variant in vars(specification).items()
        if isinstance(variant, Variant)
        for hook in variant.hooks
    }


HOOKS = {**_calls(FlowDecorator), **_calls(StepDecorator)}
"""Every hook that has a variant, by its name."""


def call_hook(decorator: object, name: str, values: Mapping[str, object]) -> object:
    """Call the hook `name` of a decorator, or its variant where the class has one, with its share of `values`."""
    hook = HOOKS[name]
    variant = getattr(decorator, hook.variant)
    if variant is not None:
        return hook.variant_arguments.call(variant, values)
    return hook.arguments.call(getattr(decorator, name), values)
