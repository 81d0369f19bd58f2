"""`Parameter` and `JSONType`: what a run can be given. Declared at import, converted in LAUNCH and TASK."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterator

from airflow_provider_flows.errors import ParameterError, Problem, message_of, words_of
from airflow_provider_flows.local_code import is_ours
from airflow_provider_flows.refusals import refuse
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


class _JSONType:
    """A parameter whose text is JSON: `Parameter("options", type=JSONType)`. Its value is what the JSON says."""

    name = "JSON"

    def __repr__(self) -> str:
        return "JSON"

    def convert(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise ParameterError(f"it is not valid JSON: {error}") from None


JSONType = _JSONType()


class Parameter:
    """A value that a run of the flow can be given, read-only in steps as `self.<attribute>`.

    `type` is a Python type, `JSONType` or a click type; it follows from `default` when not given, else is str. A
    callable `default` is evaluated once, when the flow is deployed. `separator` splits a string into a list; further
    keyword arguments are click's (`multiple`, `is_flag`, …). Meaning as in Metaflow 2.19.
    """

    is_include_file = False
    IS_PARAMETER = True

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
            refuse(self._problem(message), self.wrong(message))

    def _mistakes(self, name: Any, is_late: bool) -> Iterator[str]:
        """Say what is wrong with what was declared."""
        if is_late:
            yield "only default may be a callable, evaluated at deployment."
        if self.name != name:
            yield f"{in_short(name)} cannot be a parameter's name: give it one, as text."
        if self.option_name in RESERVED:
            yield f"{name!r} cannot be a parameter's name: it is reserved. Choose another one."
        if self.separator and self.type not in (str, None):
            yield "Separator is only allowed for string parameters."

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
            raise self._refusal(value, "it takes a list")
        return tuple(self._convert_one(item) for item in value)

    def wrong(self, message: str) -> ParameterError:
        """Return the error that says what is wrong with the declaration, with its file and line."""
        return ParameterError(problem=self._problem(message))

    def _problem(self, message: str) -> Problem:
        return self.problem(message if repr(self.name) in message else f"Parameter {self.name!r}: {message}")

    def problem(self, message: str) -> Problem:
        """Return `message` as a problem of the line on which this parameter is declared."""
        return problem_where(self.source, message)

    def _convert_one(self, value: Any) -> Any:
        try:
            if isinstance(self.type, _JSONType):
                return self.type.convert(value)
            if self.type in (dict, list, tuple):
                return self._convert_container(value)
            if self.separator or self.type is str:
                return self._convert_text(value)
            if self.type is int and isinstance(value, float) and not value.is_integer():
                raise ValueError("it is not a whole number")
            return self._click_type().convert(value, None, None)
        except Exception as error:
            raise self._refusal(value, getattr(error, "message", None) or message_of(error)) from None

    def _convert_container(self, value: Any) -> Any:
        """Return a dict, list or tuple; lists and tuples are the same to JSON."""
        wanted = dict if self.type is dict else (list, tuple)
        found = JSONType.convert(value) if isinstance(value, str) else value
        if not isinstance(found, wanted):
            raise TypeError(f"it takes a {self.type.__name__}")
        return found if isinstance(found, self.type) else self.type(found)

    def _convert_text(self, value: Any) -> Any:
        if not isinstance(value, (str, int, float)) or (self.separator and not isinstance(value, str)):
            raise TypeError("it takes text")
        return str(value).split(self.separator) if self.separator else str(value)

    def _refusal(self, value: Any, reason: str) -> ParameterError:
        return ParameterError(f"Parameter {self.name!r} cannot take {in_short(value)}: {reason}")

    def _click_type(self) -> click.ParamType[Any]:
        import click  # only where a value is converted, so that importing a flow stays light

        return click.types.convert_type(self.type or str)

    def _type_of(self, default: Any) -> Any:
        if self.multiple and isinstance(default, (list, tuple)):
            return type(default[0]) if default else str
        return str if default is None else type(default)

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

    def _call_default(self, context: ParameterContext) -> Any:
        try:
            try:
                return self.default(context, True)
            except TypeError:
                return self.default(context)
        except (Exception, SystemExit) as error:
            raise self.wrong(f"its deploy-time default failed: {words_of(error)}") from error

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


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


def problem_where(source: tuple[str, int], message: str) -> Problem:
    """Return `message` as a problem of the line on which something was declared."""
    import linecache  # only where something is wrong

    text = linecache.getline(*source).rstrip("\n")
    return Problem(message, *source, source_line=text or None)
