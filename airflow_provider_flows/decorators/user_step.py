"""User step decorators: change what a step does without touching it. Their code runs in the TASK phase.

`@user_step_decorator` turns a generator that yields once into one; a subclass of `UserStepDecorator` is one. What a
yield and what comes back mean is Metaflow 2.19's; the faults fixed here are in docs/differences.md.
"""

from __future__ import annotations

import inspect
from typing import Any, Callable, Generator, Mapping

from airflow_provider_flows.decorators.custom import CustomDecorator
from airflow_provider_flows.decorators.replay import replay_next
from airflow_provider_flows.decorators.written import problem_at, where_written
from airflow_provider_flows.errors import DecoratorError, InvalidFlow

USER_SKIP_STEP: dict[str, Any] = {}
"""Yielded by a generator, or assigned to `skip_step`: do not run the step, go on to what comes after it."""

Replacement = Callable[..., Any]
_LEAVE_NEXT = None


class UserStepDecorator(CustomDecorator):
    """A user step decorator as a class: override `pre_step` and `post_step`, and `init` to take attributes.

    Set `self.skip_step` in `pre_step` to True, or to the keywords of another `self.next`, to skip the step.
    """

    takes_positional = False
    _flows_list = "wrappers"
    skip_step: bool | Mapping[str, Any] = False

    def pre_step(self, step_name: str, flow: Any, inputs: Any = None) -> Replacement | None:
        """Before the step; return a function of `(flow)`, in joins of `(flow, inputs)`, to run it instead."""
        return None

    def post_step(self, step_name: str, flow: Any, exception: BaseException | None = None) -> Any:
        """After the step, or what replaced it; `exception` is what it raised.

        Return None to swallow the exception, an exception to raise, or `(exception or None, keywords of self.next)`.
        """
        return exception, None

    def layer(self, step_name: str, flow: Any, inputs: Any) -> WrapperLayer:
        """Return this decorator around one attempt of a step."""
        return WrapperLayer(self.decorator_name, step_name, flow, inputs, _ClassCalls(self, step_name, flow, inputs))


def user_step_decorator(function: Callable[..., Generator[Any, None, Any]]) -> type[UserStepDecorator]:
    """Make a step decorator of a generator function `(step_name, flow, inputs[, attributes])` that yields once.

    What comes before the yield runs before the step, the rest after it. Yield nothing to run the step, `{}` to skip
    it, a dictionary to skip it with other keywords of `self.next`, a function of `(flow)` or, in joins, `(flow,
    inputs)` to run that instead. An exception of the step is raised at the yield.
    """
    takes_attributes = _check_generator(function)
    return type(
        function.__name__,
        (_GeneratorDecorator,),
        {
            "__module__": function.__module__,
            "__qualname__": function.__qualname__,
            "__doc__": function.__doc__,
            "function": staticmethod(function),
            "takes_attributes": takes_attributes,
        },
    )


class _GeneratorDecorator(UserStepDecorator):
    function: Callable[..., Generator[Any, None, Any]]
    takes_attributes: bool

    def init(self, **attributes: Any) -> None:
        if attributes and not self.takes_attributes:
            fix = f"def {self.decorator_name}(step_name, flow, inputs=None, attributes=None):"
            raise InvalidFlow([self.problem(f"@{self.decorator_name} takes no attributes.", f"To take some: {fix}")])
        self.attributes = attributes

    def layer(self, step_name: str, flow: Any, inputs: Any) -> WrapperLayer:
        given: tuple[Any, ...] = (step_name, flow, inputs)
        if self.takes_attributes:
            given = (*given, dict(self.attributes))  # its own, because one process may run several attempts
        calls = _GeneratorCalls(self.decorator_name, self.function, given)
        return WrapperLayer(self.decorator_name, step_name, flow, inputs, calls)


def _check_generator(function: Any) -> bool:
    """Return whether the generator takes attributes; InvalidFlow where it cannot be a step decorator."""
    source = where_written(3)
    if not inspect.isgeneratorfunction(function):
        what = f"{getattr(function, '__name__', function)!r} is not a generator function."
        raise InvalidFlow([problem_at(source, what, "A function under @user_step_decorator must yield once.")])
    count = len(inspect.signature(function).parameters)
    if count not in (3, 4):
        what = f"{function.__name__!r} takes {count} arguments, and a step decorator takes 3 or 4."
        raise InvalidFlow([problem_at(source, what, "Write (step_name, flow, inputs=None, attributes=None).")])
    return count == 4


class _GeneratorCalls:
    """A generator as two calls: up to its yield, and from there to its end."""

    def __init__(self, name: str, function: Callable[..., Any], given: tuple[Any, ...]) -> None:
        self._name, self._generator = name, function(*given)

    def before(self) -> Any:
        try:
            return next(self._generator)
        except StopIteration:
            raise DecoratorError(
                f"@{self._name} ended without a yield. Every path through it must yield once: yield to run the step, "
                "yield {} to skip it."
            ) from None

    def after(self, failure: BaseException | None) -> tuple[BaseException | None, Any]:
        try:
            if failure is None:
                next(self._generator)
            else:
                self._generator.throw(failure)
        except StopIteration as end:
            return _answer(self._name, end.value)
        except RuntimeError as error:
            if isinstance(failure, StopIteration) and error.__cause__ is failure:
                return failure, _LEAVE_NEXT  # Python would not let it out of a generator as it is
            raise
        self._generator.close()
        raise DecoratorError(
            f"@{self._name} yielded a second time. A step decorator should only yield once."
        ) from failure

    def close(self) -> None:
        self._generator.close()


class _ClassCalls:
    """A `UserStepDecorator` as two calls."""

    def __init__(self, decorator: UserStepDecorator, step_name: str, flow: Any, inputs: Any) -> None:
        self._decorator, self._step_name, self._flow, self._inputs = decorator, step_name, flow, inputs

    def before(self) -> Any:
        decorator = self._decorator
        decorator.skip_step = type(decorator).skip_step
        replacement = decorator.pre_step(self._step_name, self._flow, self._inputs)
        if decorator.skip_step is False or decorator.skip_step is None:
            return replacement
        return USER_SKIP_STEP if decorator.skip_step is True else dict(decorator.skip_step)

    def after(self, failure: BaseException | None) -> tuple[BaseException | None, Any]:
        answer = self._decorator.post_step(self._step_name, self._flow, failure)
        return _answer(self._decorator.decorator_name, answer)

    def close(self) -> None:
        """A class has nothing that waits."""


def _answer(name: str, value: Any) -> tuple[BaseException | None, Any]:
    """Return what a decorator says after the step as (what is still wrong, keywords of `self.next` or None)."""
    if value is None:
        return None, _LEAVE_NEXT
    if isinstance(value, BaseException):
        return value, _LEAVE_NEXT
    if isinstance(value, tuple) and len(value) == 2:
        exception, keywords = value
        if (exception is None or isinstance(exception, BaseException)) and _is_next(keywords):
            return exception, _LEAVE_NEXT if keywords is False else keywords
    raise DecoratorError(
        f"@{name} returned {value!r}. After the step, return nothing, an exception, or "
        "(exception or None, keywords of self.next or None)."
    )


def _is_next(keywords: Any) -> bool:
    return keywords is None or isinstance(keywords, (bool, Mapping))


class WrapperLayer:
    """One user step decorator around one attempt: a layer of the life cycle."""

    def __init__(self, name: str, step_name: str, flow: Any, inputs: Any, calls: Any) -> None:
        self._name, self._step_name, self._flow, self._inputs, self._calls = name, step_name, flow, inputs, calls

    def enter(self) -> Callable[[], Any] | None:
        instead = self._calls.before()
        if instead is None:
            return None
        if isinstance(instead, Mapping):
            return lambda: self._replay(instead)
        if callable(instead):
            return lambda: self._replace(instead)
        self._calls.close()
        raise DecoratorError(f"@{self._name} yielded {instead!r}. Yield nothing, a dictionary or a function.")

    def leave(self, failure: BaseException | None) -> BaseException | None:
        remaining, keywords = self._calls.after(failure)
        if keywords is not None:
            self._replay({} if keywords is True else keywords)
        elif failure is not None and remaining is None and self._flow._flows_state.transition is None:
            self._replay({})
        return remaining  # type: ignore[no-any-return]

    def abandon(self) -> None:
        self._calls.close()

    def _replay(self, keywords: Mapping[str, Any]) -> None:
        replay_next(self._flow, self._step_name, keywords)

    def _replace(self, replacement: Replacement) -> None:
        """Run the replacement; if it does not call `flow.next` itself, the step's own transition is taken."""
        keywords = replacement(self._flow) if self._inputs is None else replacement(self._flow, self._inputs)
        if not _is_next(keywords):
            what = f"@{self._name} replaced step {self._step_name!r} with a function that returned {keywords!r}."
            raise DecoratorError(f"{what} Return nothing, True or keywords of self.next.")
        if keywords:
            self._replay({} if keywords is True else keywords)
        elif self._flow._flows_state.transition is None:
            self._replay({})
