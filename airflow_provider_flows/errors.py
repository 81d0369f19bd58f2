"""Every exception this package raises, one sentence each. Any phase, any process.

An error carries its data as attributes and renders late, so a caller can decide with it and a person can read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping, Sequence


def in_source_order(problems: Iterable[Problem], files: Iterable[str | None] = ()) -> list[Problem]:
    """Return problems by file, line and column, each once; `files` come first, all others in the order they came in."""
    found = dict.fromkeys(problems)
    order = list(dict.fromkeys([*files, *(problem.file for problem in found)]))
    return sorted(found, key=lambda problem: (order.index(problem.file), problem.line or 0, problem.column))


class FlowsError(Exception):
    """The root of the tree: everything that is wrong with a flow, its run or its store."""

    headline = "Flow failed"

    def __init__(self, msg: str = "", lineno: int | None = None) -> None:
        super().__init__(msg)
        self.message = msg
        self.line_no = lineno

    def __str__(self) -> str:
        return self.message

    def as_problems(self) -> Sequence[Problem]:
        """Return what is wrong, to be reported together with other problems."""
        return (Problem(str(self)),)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a source file.

    `line` is 1-based; `column` and `end_column` are 0-based character offsets in that line, equal when there is
    nothing to underline. `fix` is the sentence that says what to type next.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int = 0
    end_column: int = 0
    fix: str | None = None
    source_line: str | None = None

    def render(self) -> str:
        """Return `file:line: message`, the line, a caret under the culprit, and the fix."""
        parts = [f"{self._where()}{self.message}"]
        if self.source_line is not None and self.source_line.strip():
            indent = len(self.source_line) - len(self.source_line.lstrip())
            parts.append(f"  {self.source_line.strip()}")
            if self.end_column > self.column >= indent:
                parts.append(f"  {' ' * (self.column - indent)}{'^' * (self.end_column - self.column)}")
        if self.fix:
            parts.append(f"  {self.fix}")
        return "\n".join(parts)

    def _where(self) -> str:
        if self.file is None:
            return ""
        return f"{self.file}: " if self.line is None else f"{self.file}:{self.line}: "


class InvalidFlow(FlowsError):
    """A flow file says something that the flow language, or its target, does not allow."""

    headline = "Validity checker found an issue"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))

    def as_problems(self) -> Sequence[Problem]:
        return self.problems


class UsageError(FlowsError):
    """A command, an option or a setting has a value that cannot be used."""


class EnvironmentFailed(FlowsError):
    """A step's environment cannot be built as it is asked for; another try would fail in the same way."""


class EnvironmentUnavailable(FlowsError):
    """A step's environment could not be built this time: the index did not answer, or the disk is full."""


class FlowNotLoadable(FlowsError):
    """A flow file could not be read, parsed or imported, or it does not hold the flow that was asked for."""


class NoFlow(FlowNotLoadable):
    """A flow file was imported, and there is no flow in it."""


class FlowNotSerializable(FlowsError):
    """Somebody tried to pickle a flow or a join's input; only artifacts can be."""

    headline = "Flows can't be serialized"


class InvalidNext(FlowsError):
    """A step ended without a `self.next` transition that fits the flow's graph."""

    headline = "Invalid self.next() transition detected"


class BadSwitchCase(InvalidNext, RuntimeError):
    """The condition of a switch has a value for which the switch has no case."""


class TooManySplits(FlowsError):
    """A foreach has more items than its target can map over."""

    headline = "Too many splits"


class MergeConflict(FlowsError):
    """`merge_artifacts` met artifacts whose values differ between the joined branches."""

    headline = "Unhandled artifacts in merge"

    def __init__(self, message: str, artifact_names: Sequence[str]) -> None:
        super().__init__(message)
        self.artifact_names = list(artifact_names)


class MissingInMerge(FlowsError):
    """`merge_artifacts(include=…)` names an artifact that no branch has."""

    headline = "Missing artifacts in merge"

    def __init__(self, message: str, artifact_names: Sequence[str]) -> None:
        super().__init__(message)
        self.artifact_names = list(artifact_names)


class InputsMissing(FlowsError):
    """A step was started although a parent left nothing for it to go on with."""

    headline = "Inputs are missing"


class StepFailed(FlowsError):
    """A step's attempt failed; the cause is the exception that the step raised."""


class RunStopped(FlowsError):
    """A local run cannot continue after `step`'s task, whatever the step did: its store or its output failed."""

    def __init__(self, step: str, task: str, reason: BaseException) -> None:
        super().__init__(f"The run stopped at step {step!r}, task {task}: {reason_of(reason)}")


class OutputLost(FlowsError):
    """What a command shows cannot be written to where it should be."""


class CodeMismatch(FlowsError):
    """A run was started with code that the DAG file no longer holds, or that does not fit the DAG any more."""

    headline = "The run's code is not the DAG's"


class TimeoutException(BaseException):
    """A step ran longer than its `@timeout`.

    A BaseException, like Airflow's own, so that `except Exception` in a step cannot swallow it
    (genuine Metaflow's can be swallowed; see docs/differences.md).
    """


class FailureHandledByCatch(FlowsError):
    """Stands in for the exception of a caught step whose process died without raising one."""

    headline = "Task execution failed but @catch handled it"


class DecoratorError(FlowsError):
    """A decorator is used where or how it cannot be."""

    headline = "Syntax error"


class BadStepDecorator(DecoratorError):
    """A step decorator was applied to something that is not a step."""


class BadFlowDecorator(DecoratorError):
    """A flow decorator was applied to something that is not a flow."""


class DuplicateDecorator(DecoratorError):
    """A decorator that may be used once is used twice."""


class UnknownDecorator(DecoratorError):
    """A decorator string names a decorator that does not exist."""


class InvalidDecoratorAttribute(DecoratorError):
    """A decorator was given an attribute it does not have, or a value it cannot use."""


class ParameterError(FlowsError):
    """A parameter is declared wrongly, or was given a value of another type."""

    headline = "Parameter field failed"

    def __init__(self, msg: str = "", lineno: int | None = None, problem: Problem | None = None) -> None:
        super().__init__(msg or (problem.render() if problem else ""), lineno)
        self.problem = problem

    def as_problems(self) -> Sequence[Problem]:
        return super().as_problems() if self.problem is None else (self.problem,)


class InternalError(FlowsError):
    """Raised by flows alone, which know it as Metaflow's for its own faults."""

    headline = "Internal error"


class UnknownUser(FlowsError):
    """Raised by flows alone, which know it as Metaflow's for a user without a name."""

    headline = "Unknown user"

    def __init__(self, msg: str = "Nothing says who the user is. Set FLOWS_USER.", lineno: int | None = None) -> None:
        super().__init__(msg, lineno)


class ExternalCommandFailed(FlowsError):
    """Raised by flows alone, which know it as Metaflow's for commands that a step starts."""

    headline = "External command failed"


class StoreError(FlowsError):
    """The artifact store cannot do what was asked."""

    headline = "Datastore failed"


class StoreUnavailable(StoreError):
    """The place where the store is cannot be read or written: gone, full, closed to this user, or out of reach."""


class ObjectMissing(StoreError):
    """An object that a record refers to is not in the store."""


class ObjectDamaged(StoreError):
    """An object's bytes are not the ones that were written: its digest differs."""


class NewerFormat(StoreError):
    """An object was written by a newer version of this package."""


class SignatureInvalid(StoreError):
    """A signing key is set, and a record is unsigned, altered or signed with another key."""


class AttemptExists(StoreError):
    """The record of this attempt was committed by another process."""


class RunExists(StoreError):
    """A run of this id is in the store, and it is another one."""


class UnpicklableArtifact(StoreError):
    """An artifact, or something inside it, cannot be pickled."""

    def __init__(self, message: str, artifact: str) -> None:
        super().__init__(message)
        self.artifact = artifact


class NotFound(FlowsError):
    """The client was asked for a flow, run, step, task or artifact that does not exist."""

    headline = "Object not found"


class CardNotPresent(NotFound):
    """A task was asked for its cards and has none, or not the one that was meant."""


class InvalidPathspec(FlowsError):
    """A pathspec has too many or too few components."""

    headline = "Invalid pathspec"


class NamespaceMismatch(FlowsError):
    """An object exists, but in another namespace."""

    headline = "Object not in namespace"


class MulticoreError(FlowsError):
    """A function that `parallel_map` ran in a process of its own failed there."""

    headline = "Parallel execution failed"


class TaggingError(FlowsError):
    """The tags of a run cannot be changed in this way."""

    headline = "Tagging error"


class ExceptionWrapper(Exception):
    """What `@catch(var=…)` stores, and what the client shows of a failure: the words of an exception, not the object.

    `exception` is its message, `type` its `module.Class`, `stacktrace` the formatted traceback or None.
    """

    def __init__(self, exception: BaseException | None = None, stacktrace: str | None = None) -> None:
        super().__init__()
        if exception is not None:
            self.exception = message_of(exception)
            self.type = f"{type(exception).__module__}.{type(exception).__qualname__}"
            self.stacktrace = stacktrace

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> ExceptionWrapper:
        """Return the words of an exception that a record describes, by `type`, `message` and `stacktrace`."""
        wrapper = cls()
        wrapper.exception, wrapper.type = fields.get("message", ""), fields.get("type", "")
        wrapper.stacktrace = fields.get("stacktrace")
        return wrapper

    def __reduce__(self) -> tuple[type, tuple[None], dict[str, str | None]]:
        return type(self), (None,), dict(self.__dict__)

    def __repr__(self) -> str:
        kind, message = getattr(self, "type", None), getattr(self, "exception", None)
        return "ExceptionWrapper()" if kind is None else f"ExceptionWrapper({kind}: {message})"

    def __str__(self) -> str:
        return self.stacktrace or f"[no stacktrace]\n{self.type}: {self.exception}"


def reason_of(exception: BaseException) -> str:
    """Return why something could not be done, as the end of a sentence: the system's words of its own errors."""
    words = getattr(exception, "strerror", None) or message_of(exception)
    name = type(exception).__name__
    if isinstance(exception, (FlowsError, OSError)):
        return str(words) or name
    return f"{name}: {words}" if words else name


def message_of(exception: BaseException) -> str:
    """Return `str(exception)`; where the exception's own `__str__` fails, words that say so."""
    try:
        return str(exception)
    except Exception as error:
        return f"<the exception's __str__ failed: {type(error).__name__}>"


def words_of(exception: BaseException) -> str:
    """Return an exception's type and message: `ValueError: no such thing`."""
    return f"{type(exception).__name__}: {message_of(exception)}"
