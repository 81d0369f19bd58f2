"""`Written`: what everything shares that is written above a step or a flow. All phases."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, ClassVar, NamedTuple, TypeVar

from airflow_provider_flows.context import system_context
from airflow_provider_flows.errors import Problem

Source = tuple[str, int]
"""The file and the line on which a decorator stands."""
Resolve = Callable[[Any], Any]
"""Puts the values of configurations into what was written."""
Held = TypeVar("Held", bound="Written")


class Spec(NamedTuple):
    """A decorator as mutators see it: its name, its full name, and the arguments that were written."""

    name: str
    full_name: str
    positional: list[Any]
    named: dict[str, Any]

    def is_called(self, name: str) -> bool:
        return name in self[:2] or self.full_name.endswith(f".{name}")

    def has(self, positional: Sequence[Any] | None, named: Mapping[str, Any] | None) -> bool:
        """Whether it has exactly these arguments; None for both means any."""
        if positional is None and named is None:
            return True
        return (self.positional, self.named) == (list(positional or []), dict(named or {}))


class Written:
    """Base of all decorators and mutators: made when a flow's file is imported, initialised once in each process.

    `statically_defined` says that it stands in the file; `inserted_by` names the mutators that added it instead. Names
    of ours begin with `_flows_`, because a decorator's class may use any other for its own; the rest is Metaflow's.
    """

    allow_multiple: ClassVar[bool] = False
    """Whether several may stand above one step or flow."""
    _flows_modules: ClassVar[Sequence[str]] = ()
    """Modules of this package that its hooks import in tasks alone: what forks tasks imports them once for all."""
    _flows_list: ClassVar[str]
    """The list of a step that has decorators of this kind: an attribute of StepAttachments."""

    source: Source | None = None
    statically_defined: bool = False
    inserted_by: list[str]
    _initialised: bool = False

    @property
    def system_ctx(self) -> Any:
        """The context of the task at hand; see `context.SystemContext`."""
        return system_context

    @property
    def _flows_spec(self) -> Spec:
        """How it was written."""
        raise NotImplementedError

    @property
    def _flows_kind(self) -> str:
        """What two decorators have in common that are the same one, with other arguments or without."""
        raise NotImplementedError

    @property
    def _flows_described(self) -> dict[str, Any]:
        """What is recorded of its arguments, those that have defaults included."""
        raise NotImplementedError

    def external_init(self, resolve: Resolve = lambda value: value) -> None:
        """Put configuration values into what was written, then call the author's `init`; the first time only."""
        if not self._initialised:
            self._initialised = True
            self._flows_initialise(resolve)

    def _flows_initialise(self, resolve: Resolve) -> None:
        raise NotImplementedError

    def _flows_is_met(self, held: Iterable[Written]) -> bool:
        """Whether a decorator string adds nothing with this one to a step or flow that has `held`."""
        return same_kind(self, held) is not None

    def problem(self, message: str, fix: str | None = None) -> Problem:
        """Return `message` as a problem of the line on which this was written."""
        return problem_at(self.source, message, fix)

    def add_to_package(self) -> list[tuple[str, str]]:
        """Return `(file, name in the package)` of files that it needs beside the flow. LAUNCH."""
        return []


def same_kind(made: Written, held: Iterable[Held]) -> Held | None:
    """Return the one of `held` beside which `made` cannot stand: one of its kind, which may be used once."""
    return None if made.allow_multiple else next((each for each in held if each._flows_kind == made._flows_kind), None)


def problem_at(source: Source | None, message: str, fix: str | None = None) -> Problem:
    """Return `message` as a problem of a line of a flow's file, the whole line underlined."""
    from airflow_provider_flows.graph.source import line_place  # only where something is wrong

    return line_place(*source).problem(message, fix) if source else Problem(message, fix=fix)


def where_written(depth: int) -> Source:
    """Return file and line of the caller `depth` frames up: where a decorator stands in the flow's file."""
    frame = sys._getframe(depth)
    return frame.f_code.co_filename, frame.f_lineno
