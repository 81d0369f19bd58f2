"""The life cycle of a step's body: one function that walks all layers around it. TASK phase.

The hooks of plugin decorators are one layer, each user step decorator is another. Layers are set up in order and torn
down in reverse; what failed inside is handed outwards until a layer handles it, as in pluggy's `_multicall`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Protocol, Sequence

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.hooks import call_hook
from airflow_provider_flows.errors import DecoratorError, TimeoutException
from airflow_provider_flows.flow.tracebacks import without_our_frames

Body = Callable[..., Any]
"""What runs a step: called without arguments, in a join with the inputs."""


class Layer(Protocol):
    """Something around a step's body."""

    def enter(self) -> Callable[[], Any] | None:
        """Set up. Return what shall run instead of everything inside this layer, or None to let that run."""

    def leave(self, failure: BaseException | None) -> BaseException | None:
        """Tear down. Return what is still wrong: `failure`, another exception, or None when it is handled."""

    def abandon(self) -> None:
        """Tear down because the process is about to end."""


def walk(
    layers: Sequence[Layer], body: Callable[[], Any], failures: tuple[type[BaseException], ...]
) -> BaseException | None:
    """Run `body` inside `layers`, outermost first, and return what is wrong when all of them are left.

    A layer that was entered is always left. Exceptions of other kinds than `failures` mean the end of the process: they
    pass through, and the layers are abandoned.
    """
    entered: list[Layer] = []
    failure: BaseException | None = None
    try:
        try:
            for layer in layers:
                instead = layer.enter()
                entered.append(layer)
                if instead is not None:
                    body = instead
                    break
            body()
        except failures as exception:
            failure = without_our_frames(exception)
        while entered:
            try:
                failure = entered.pop().leave(failure)
            except failures as exception:
                if exception.__context__ is None and exception is not failure:
                    exception.__context__ = failure
                failure = without_our_frames(exception)
    except BaseException:
        for layer in reversed(entered):
            with contextlib.suppress(Exception):
                layer.abandon()
        raise
    return failure


@dataclass(frozen=True)
class Completion:
    """How the body ended: `exception` is None when it succeeded; `handled` when a decorator took care of it."""

    exception: BaseException | None = None
    handled: bool = False

    @property
    def ok(self) -> bool:
        return self.exception is None or self.handled


def run_body(
    decorators: Sequence[StepDecorator],
    wrappers: Sequence[Layer],
    body: Body,
    values: Mapping[str, Any],
    after: Callable[[], None],
    timeouts: tuple[type[BaseException], ...] = (),
) -> Completion:
    """Run `body` within the hooks of `decorators`, and inside these within `wrappers`, outermost first.

    `values` are what hooks may be given, by name; a body is called with the `inputs` among them unless they are None.
    `after` checks what the body did before anything counts as a success. Exceptions, and BaseExceptions of the kinds in
    `timeouts`, are told to the decorators and returned; `SystemExit` and `KeyboardInterrupt` pass through.
    """
    failures: tuple[type[BaseException], ...] = (Exception, TimeoutException, *timeouts)
    hooks = _Hooks(decorators, body, values, after, failures)
    failure = walk([hooks, *wrappers], hooks.run_step, failures)
    if failure is not None:
        return Completion(failure)
    return Completion(hooks.handled, hooks.handled is not None)


def finish(decorators: Sequence[StepDecorator], values: Mapping[str, Any], is_task_ok: bool) -> None:
    """Tell every decorator that the attempt's record is committed."""
    values = {**values, "is_task_ok": is_task_ok}
    for decorator in decorators:
        call_hook(decorator, "task_finished", values)


class _Hooks:
    """The outermost layer: `task_pre_step` and `task_decorate` of all decorators before, their completion hooks after.

    All in the order of the step's decorators; each `task_decorate` wraps what the one before it made. After any failure
    every decorator hears of it, and it is handled if any of them says so (Metaflow 2.19).
    """

    def __init__(
        self,
        decorators: Sequence[StepDecorator],
        body: Body,
        values: Mapping[str, Any],
        after: Callable[[], None],
        failures: tuple[type[BaseException], ...],
    ) -> None:
        self.handled: BaseException | None = None
        self._body = body
        self._decorators, self._values, self._after, self._failures = decorators, values, after, failures

    def run_step(self) -> Any:
        """Run the step as `task_decorate` left it: what is inside of all layers."""
        inputs = self._values["inputs"]
        return self._body() if inputs is None else self._body(inputs)

    def enter(self) -> Callable[[], Any] | None:
        try:
            for decorator in self._decorators:
                call_hook(decorator, "task_pre_step", self._values)
            for decorator in self._decorators:
                self._body = _decorate(decorator, self._body, self._values)
        except self._failures as exception:
            return _raising(exception)  # so that this layer is left as after any other failure
        return None

    def leave(self, failure: BaseException | None) -> BaseException | None:
        if failure is None:
            try:
                self._after()
                for decorator in self._decorators:
                    call_hook(decorator, "task_post_step", self._values)
                return None
            except self._failures as exception:
                failure = exception
        without_our_frames(failure)
        values = {**self._values, "exception": failure}
        answers = [call_hook(decorator, "task_exception", values) for decorator in self._decorators]
        if not any(answers):
            return failure
        self.handled = failure
        return None

    def abandon(self) -> None:
        """A process that ends calls no hooks (Metaflow 2.19)."""


def _raising(exception: BaseException) -> Callable[[], Any]:
    def fail() -> None:
        raise exception

    return fail


def _decorate(decorator: StepDecorator, body: Body, values: Mapping[str, Any]) -> Body:
    made = call_hook(decorator, "task_decorate", {**values, "step_func": body})
    if not callable(made):
        raise DecoratorError(f"task_decorate of @{decorator.name} returned {made!r}. Let it return a function.")
    return made
