"""What custom decorators and mutators share: how they are written above a step or a flow, and their arguments.

Runs when a flow file is imported; `init` runs later, in every phase.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from airflow_provider_flows.decorators.written import Resolve, Source, Spec, Written, problem_at, where_written
from airflow_provider_flows.errors import InvalidFlow, message_of
from airflow_provider_flows.flow.attachments import attachments_of
from airflow_provider_flows.rejections import reject

REGISTRY: dict[str, type[CustomDecorator]] = {}
"""Every custom decorator that was imported, by its full name: `module.name`."""


Custom = TypeVar("Custom", bound="CustomDecorator")


class CustomDecorator(Written):
    """Base of everything that authors define themselves and write above a step or a flow as `@name` or `@name(…)`.

    Subclasses take their arguments in `init`, not in `__init__`: the decorator is made when the file is imported, and
    initialised once in each process, when configurations are known.
    """

    takes_positional: ClassVar[bool] = True
    decorator_name: ClassVar[str] = ""
    full_name: ClassVar[str] = ""

    _args: tuple[Any, ...]
    _kwargs: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.decorator_name = cls.__name__
        cls.full_name = f"{cls.__module__}.{cls.__qualname__}"
        REGISTRY[cls.full_name] = cls

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Attach to what is decorated, now or, when arguments are given, in a moment."""
        source = where_written(2)
        if len(args) == 1 and not kwargs and cls._is_target(args[0]):
            return cls.make((), {}, source, statically_defined=True).attach_to(args[0])
        takes_one = cls.takes_positional and getattr(cls, "init", None) is not None
        if len(args) == 1 and callable(args[0]) and not kwargs and not takes_one:
            reject(problem_at(source, f"@{cls.decorator_name} is applied to {cls._not_a_target()}."))
            return args[0]
        if args and not cls.takes_positional:
            what = f"@{cls.decorator_name} does not allow positional arguments."
            reject(problem_at(source, what, "Name them, as in @name(attribute=value)."))
            return lambda target: target
        made = cls.make(args, kwargs, source, statically_defined=True)

        def attach(target: Any) -> Any:
            if not cls._is_target(target):
                reject(made.problem(f"@{cls.decorator_name} is applied to {cls._not_a_target()}."))
                return target
            return made.attach_to(target)

        return attach

    @classmethod
    def make(
        cls: type[Custom],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        source: Source | None = None,
        *,
        statically_defined: bool = False,
        inserted_by: list[str] | None = None,
    ) -> Custom:
        """Return a decorator of this kind that is not attached to anything yet."""
        self = object.__new__(cls)
        self._args, self._kwargs = tuple(args), dict(kwargs)
        self.source, self.statically_defined, self.inserted_by = source, statically_defined, list(inserted_by or [])
        return self

    @property
    def _flows_spec(self) -> Spec:
        return Spec(self.decorator_name, self.full_name, list(self._args), dict(self._kwargs))

    @property
    def _flows_kind(self) -> str:
        return self.full_name

    @property
    def _flows_described(self) -> dict[str, Any]:
        return {"_args": list(self._args), **self._kwargs}

    def _flows_initialise(self, resolve: Resolve) -> None:
        """Call `init` with the arguments; InvalidFlow when it cannot take them."""
        self._args, self._kwargs = tuple(resolve(self._args)), dict(resolve(self._kwargs))
        init = getattr(self, "init", None)
        if init is None:
            if self._args or self._kwargs:
                what = f"@{self.decorator_name} is used with arguments but does not implement init."
                raise InvalidFlow([self.problem(what, "Give its class a method init(self, …) that takes them.")])
            return
        try:
            init(*self._args, **self._kwargs)
        except TypeError as error:
            raise InvalidFlow(
                [self.problem(f"@{self.decorator_name} cannot take its arguments: {message_of(error)}.")]
            ) from error

    def attach_to(self, target: Any) -> Any:
        """Add to the decorators above a step; what is decorated is returned."""
        attachments_of(target).list_of(self._flows_list).append(self)
        return target

    @classmethod
    def _is_target(cls, target: Any) -> bool:
        return bool(getattr(target, "is_step", False)) and callable(target)

    @classmethod
    def _not_a_target(cls) -> str:
        return "something that is not a step: put @step directly above the def, below all other decorators"

    def __repr__(self) -> str:
        shown = [*map(repr, self._args), *(f"{key}={value!r}" for key, value in self._kwargs.items())]
        return f"{self.decorator_name}({', '.join(shown)})" if shown else self.decorator_name
