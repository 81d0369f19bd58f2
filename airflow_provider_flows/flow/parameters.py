"""`Parameter` and `JSONType`: what a run can be given. Declared at import, converted in LAUNCH and TASK."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_flows.errors import ParameterError, Problem, message_of, words_of
from airflow_provider_flows.flow.value_types import JSONType, Schema, ValueType, value_type
from airflow_provider_flows.local_code import is_ours
from airflow_provider_flows.rejections import reject
from airflow_provider_flows.text import in_short

if TYPE_CHECKING:
    from pathlib import Path

    import click

RESERVED = frozenset(
    "params with class tag namespace obj tags decospecs run-id-file max-num-splits max-workers max-log-size "
    "honor-retry-delay user-namespace run-id task-id runner-attribute-file origin_run_id resume_step".replace(
        "-", "_"
    ).split()
)
"""What no parameter can be called: words of the command line, and keys of a run's conf."""

_FIELDS = (
    ("help", str, "text"),
    ("separator", str, "text"),
    ("show_default", (bool, str), "True, False or text"),
)
"""Fields of a parameter that may have one kind of value: name, types, and how the types are called."""


@dataclass(frozen=True)
class ParameterContext:
    """What a deploy-time callable is told: it runs once, in `flows-compile` or at the start of a local run."""

    flow_name: str
    user_name: str
    parameter_name: str
    logger: Callable[..., None] = print
    ds_type: str = "local"
    configs: Any = None


class Parameter:
    """A value that a run of the flow can be given, read-only in steps as `self.<attribute>`.

    `type` is a Python type, `JSONType` or a click type; it follows from `default` when not given, else is str. A
    callable `default` is evaluated once, when the flow is deployed. `separator` splits a string into a list; further
    keyword arguments are click's (`multiple`, `is_flag`, …). Meaning as in Metaflow 2.19.
    """

    IS_PARAMETER = True
    parser: Any = None
    """What makes something else of a value; only an IncludeFile has one."""

    def __init__(
        self,
        name: str,
        default: Any = None,
        type: Any = None,
        help: str | None = None,
        required: bool | None = None,
        show_default: bool | None = None,
        separator: str | None = None,
        **options: Any,
    ) -> None:
        self.name = name if isinstance(name, str) and name else "?"
        self.source = where_declared()
        self.attribute_name = self.name
        self.default = default
        self.help = help
        self.show_default = show_default
        self.separator = separator
        self.is_flag = bool(options.pop("is_flag", False))
        self.multiple = bool(options.pop("multiple", False))
        self.options = options
        self.type: Any = bool if self.is_flag else type
        if self.is_flag and default is None and not required:
            self.default = False
        self.required = bool(required) and default is None
        self._infers_type = self.type is None
        if self._infers_type and not self.is_deploy_time:
            self.type = self._type_of(default)
        for message in self._mistakes(name, callable(separator) or callable(required) or callable(show_default)):
            error = self.wrong(message)
            reject(error.as_problems()[0], error)

    @property
    def is_deploy_time(self) -> bool:
        """Whether the default is a function, to be called when the flow is deployed."""
        return callable(self.default) and not isinstance(self.default, type)

    @property
    def has_default(self) -> bool:
        return self.default is not None

    @property
    def option_name(self) -> str:
        """The name as a keyword: lower case, with underscores."""
        return self.name.replace("-", "_").lower()

    def resolve_configs(self, resolve: Callable[[Any], Any]) -> None:
        """Put configuration values in place of expressions in any of the parameter's fields, once they are known."""
        for field, value in list(vars(self).items()):
            setattr(self, field, resolve(value))
        if self._infers_type and not self.is_deploy_time:
            self.type = self._type_of(self.default)

    def resolved(self, context: ParameterContext) -> Parameter:
        """Return this parameter with a deploy-time default evaluated; ParameterError when that fails."""
        if not self.is_deploy_time:
            return self
        value = self._call_default(context)
        wanted = self.type or str
        if isinstance(wanted, type) and type(value) is not wanted and value is not None:
            raise self.wrong(
                f"the deploy-time default returned {type(value).__name__}, and the parameter is of type "
                f"{wanted.__name__}."
            )
        return self.with_default(value, wanted)

    def with_typed_default(self, text: str) -> Parameter:
        """Return a copy with a default that was typed; several values are a list of JSON. ParameterError."""
        given: Any = text
        if self.multiple:
            given = JSONType.convert(text) if text.lstrip().startswith("[") else [text]
        self.convert(given)  # it stays as it was typed: what was read once as JSON cannot be read again
        return self.with_default(given)

    def with_default(self, default: Any, type_: Any = None) -> Parameter:
        """Return a copy with another default, which makes a required parameter optional."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, default=default, required=False, type=type_ or self.type)
        return copy

    def convert(self, value: Any) -> Any:
        """Return `value`, as given by a run's configuration or on a command line, in the parameter's type."""
        if value is None:
            return () if self.multiple else None
        if not self.multiple:
            return self._convert_one(value)
        if isinstance(value, str):
            return (self._convert_one(value),)
        if not isinstance(value, (list, tuple)):
            raise self.rejected(value, "it takes a list")
        return tuple(self._convert_one(item) for item in value)

    def in_step(self, given: Any, folder: Path, file_roots: Sequence[Path] | None = None) -> Any:
        """Return what steps see of what a run was given; ParameterError when it cannot be taken.

        `folder` is the flow's; below `file_roots` alone may a file be read, anywhere where there are none. TASK.
        """
        return self.convert(given)

    def typed(self, text: Any) -> Any:
        """Return what a run is given of what was typed; ParameterError when it cannot be taken. LAUNCH."""
        self.convert([text] if self.multiple else text)
        return text

    def json_schema(self) -> Schema:
        """Return the schema of a value that is there: `type`, and what else limits it."""
        one = self.value_type.json_schema()
        if not self.multiple or self.separator:
            return one
        offered = {"examples": one["enum"]} if "enum" in one else {}
        return {"type": "array", "items": one, **offered}

    def default_as_json(self) -> Any:
        """Return the default, which is evaluated, as a run's configuration would say it; still of any type."""
        value = self.default if self.separator else self.convert(self.default)
        if self.multiple and not self.separator and isinstance(value, (list, tuple)):
            return [self.value_type.to_json(item) for item in value]
        return self.value_type.to_json(value)

    def cli_type(self) -> click.ParamType[Any]:
        """Return the type by which a command line describes the values."""
        return self.value_type.cli_type()

    @property
    def metavar(self) -> str | None:
        """What a command line calls the values; None where their type says it."""
        return self.value_type.metavar

    @property
    def description(self) -> str | None:
        """What Airflow's form says of the parameter."""
        return self.help

    def files(self, folder: Path) -> dict[str, Path]:
        """Return the files that the default stands for, by their paths from `folder`, the flow's, where they travel."""
        return {}

    @property
    def value_type(self) -> ValueType:
        return value_type(self.type, self.separator)

    def wrong(self, message: str) -> ParameterError:
        """Return the error that says what is wrong with the declaration, with its file and line."""
        named = message if repr(self.name) in message else f"Parameter {self.name!r}: {message}"
        return ParameterError(problem=self.problem(named))

    def problem(self, message: str, fix: str | None = None) -> Problem:
        """Return `message` as a problem of the line on which this parameter is declared."""
        return problem_where(self.source, message, fix)

    def rejected(self, value: Any, reason: str) -> ParameterError:
        """Return the error that says why a value cannot be taken, which a run or a command line gave."""
        return ParameterError(f"Parameter {self.name!r} cannot take {in_short(value)}: {reason}")

    def wrong_fields(self) -> Iterator[str]:
        """Say what is wrong with fields whose values are known only when configurations are."""
        for name, kinds, wanted in _FIELDS:
            value = getattr(self, name)
            if value is not None and not isinstance(value, kinds):
                yield f"{name} is {wanted}, not {in_short(value)}."
        if not (self.type is None or callable(self.type) or hasattr(self.type, "convert")):
            yield f"type is a type of Python or click, or JSONType, not {in_short(self.type)}."
        if self.separator == "":
            yield "separator is text between the parts of a value, and cannot be empty."

    def wrong_default(self, folder: Path) -> str | None:
        """Return why no run could take the default, which is evaluated; `folder` is the flow's."""
        try:
            self.convert(self.default)
        except ParameterError as error:
            return f"{str(error).rstrip('.')}. That is its default."
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def _mistakes(self, name: Any, is_late: bool) -> Iterator[str]:
        """Say what is wrong with what was declared."""
        if is_late:
            yield "only default may be a callable, evaluated at deployment."
        if self.name != name:
            yield f"{in_short(name)} cannot be a parameter's name: use non-empty text."
        if self.option_name in RESERVED:
            yield f"{name!r} cannot be a parameter's name: it is reserved. Choose another one."
        if self.separator and self.type not in (str, None):
            yield "Separator is only allowed for string parameters."

    def _convert_one(self, value: Any) -> Any:
        try:
            return self.value_type.convert(value)
        except Exception as error:
            raise self.rejected(value, getattr(error, "message", None) or message_of(error)) from None

    def _type_of(self, default: Any) -> Any:
        if self.multiple and isinstance(default, (list, tuple)):
            return type(default[0]) if default else str
        return str if default is None else type(default)

    def _call_default(self, context: ParameterContext) -> Any:
        try:
            try:
                return self.default(context, True)
            except TypeError:
                return self.default(context)
        except (Exception, SystemExit) as error:
            raise self.wrong(f"its deploy-time default failed: {words_of(error)}") from error


def parameters_of(flow_class: type) -> dict[str, Parameter]:
    """Return the flow's parameters by attribute name, those of base classes first, in order of definition."""
    found: dict[str, Parameter] = {}
    for base in reversed(flow_class.__mro__):
        for attribute, value in vars(base).items():
            if attribute in found and not isinstance(value, Parameter):
                del found[attribute]
            if isinstance(value, Parameter) and not attribute.startswith("_"):
                value.attribute_name = attribute
                found[attribute] = value
    return found


def where_declared() -> tuple[str, int]:
    """Return file and line of the innermost caller outside of this package: the flow's file."""
    frame = sys._getframe(1)
    while is_ours(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def problem_where(source: tuple[str, int], message: str, fix: str | None = None) -> Problem:
    """Return `message` as a problem of the line on which something was declared."""
    import linecache  # only where something is wrong

    text = linecache.getline(*source).rstrip("\n")
    return Problem(message, *source, fix=fix, source_line=text or None)
