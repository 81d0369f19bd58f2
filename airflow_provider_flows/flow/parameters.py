"""`Parameter` and `JSONType`: what a run can be given. Declared at import, converted in LAUNCH and TASK."""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from airflow_provider_flows.errors import ParameterError

if TYPE_CHECKING:
    import click

RESERVED = frozenset(
    "params with tag namespace obj tags decospecs run-id-file max-num-splits max-workers max-log-size user-namespace "
    "run-id task-id runner-attribute-file origin_run_id".replace("-", "_").split()
)


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
            raise ParameterError(f"{value[:80]!r} is not valid JSON: {error}") from None


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
        if callable(separator) or callable(required) or callable(show_default):
            raise ParameterError(f"Parameter {name!r}: only default may be a callable, evaluated at deployment.")
        if not isinstance(name, str) or name.replace("-", "_").lower() in RESERVED or not name:
            raise ParameterError(f"{name!r} cannot be a parameter's name: it is reserved. Choose another one.")
        self.name = name
        self.attribute_name = name
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
        if separator and self.type not in (str, None):
            raise ParameterError(f"Parameter {name!r}: Separator is only allowed for string parameters.")

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
            raise ParameterError(
                f"Parameter {self.name!r}: the deploy-time default returned {type(value).__name__}, "
                f"and the parameter is of type {wanted.__name__}."
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
            return None
        if self.multiple and not isinstance(value, str):
            return tuple(self._convert_one(item) for item in value)
        if self.separator and isinstance(value, str):
            return value.split(self.separator)
        return self._convert_one(value)

    def _convert_one(self, value: Any) -> Any:
        if isinstance(self.type, _JSONType):
            return self.type.convert(value)
        if self.type in (dict, list) or self.separator:
            return JSONType.convert(value) if isinstance(value, str) else value
        try:
            return self._click_type().convert(value, None, None)
        except Exception as error:
            reason = getattr(error, "message", None) or str(error)
            raise ParameterError(f"Parameter {self.name!r} cannot take {value!r}: {reason}") from None

    def _click_type(self) -> click.ParamType[Any]:
        import click  # only where a value is converted, so that importing a flow stays light

        return click.types.convert_type(self.type or str)

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
        except Exception as error:
            raise ParameterError(f"Parameter {self.name!r}: its deploy-time default failed: {error!r}") from error

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


def check_parameters(flow_class: type) -> None:
    """ParameterError when two parameters differ by case alone, or bear one name."""
    seen: dict[str, str] = {}
    for attribute, parameter in parameters_of(flow_class).items():
        other = seen.setdefault(parameter.option_name, attribute)
        if other != attribute:
            raise ParameterError(
                f"Parameters {other!r} and {attribute!r} of {flow_class.__name__} share the name "
                f"{parameter.name!r}; names are compared without case."
            )


def resolve_parameters(flow_class: type) -> dict[str, Parameter]:
    """Return `parameters_of` with deploy-time defaults evaluated for the user who is deploying."""
    check_parameters(flow_class)
    return {
        attribute: parameter.resolved(ParameterContext(flow_class.__name__, _user(), parameter.name))
        for attribute, parameter in parameters_of(flow_class).items()
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
