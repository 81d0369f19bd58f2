"""How the specification in `base` ties a hook to the variant that a class may define instead. All phases."""

from __future__ import annotations

from typing import Any, Callable

Hook = Callable[..., Any]


class Variant:
    """The specification of a `_ctx` variant: what a class that does not define the variant has in its place.

    Read as an attribute it is None, which is how Metaflow tells that a class has no such variant.
    """

    def __init__(self, specification: Hook, hooks: tuple[Hook, ...]) -> None:
        self.specification, self.hooks = specification, hooks
        self.__doc__ = specification.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> None:
        return None


def instead_of(*hooks: Hook) -> Callable[[Hook], Hook | None]:
    """Mark a method of the specification: a class that defines it gets this call instead of those of `hooks`.

    Arguments without a default are passed by position, those after a `*` by name and only when they are known.
    """
    return lambda specification: Variant(specification, hooks)  # type: ignore[return-value]
