"""`Config` and `config_expr`: values known when a flow is deployed, usable in its decorators and parameters.

Read in LAUNCH and frozen into the deployment; every later process is given the same values. Meaning as in Metaflow
2.19.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, NoReturn

from airflow_provider_flows.errors import ParameterError

UNPACKED = "__flows_unpacked_config__"
"""The key under which `**config` stands in a decorator's attributes until configurations are known."""


class ConfigValue(Mapping[str, Any]):
    """A configuration's value: read with `config.key` or `config["key"]`, never changed."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_data", dict(data))

    def __getitem__(self, key: str) -> Any:
        return as_config_value(self._data[key])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this configuration has no {name!r}; it has: {', '.join(self._data)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain dictionaries, for changing a copy or for JSON."""
        return dict(self._data)

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError("ConfigValue is immutable")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = _refuse

    def __eq__(self, other: object) -> bool:
        return bool(self._data == (other._data if isinstance(other, ConfigValue) else other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._data)

    def __reduce__(self) -> tuple[Any, ...]:
        return ConfigValue, (self._data,)


def as_config_value(value: Any) -> Any:
    """Return `value` with dictionaries made immutable."""
    return ConfigValue(value) if isinstance(value, dict) else value


class ConfigExpression:
    """An expression that is evaluated when configurations are known: `config.key`, `config_expr("config.a + 1")`."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> ConfigExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return ConfigExpression(f"({self._text}).{name}")

    def __getitem__(self, key: Any) -> ConfigExpression | Any:
        if key == UNPACKED:
            return self
        return ConfigExpression(f"({self._text})[{key!r}]")

    def keys(self) -> list[str]:
        """Let `**config` stand for all its keys until they are known."""
        return [UNPACKED]

    def evaluate(self, configs: Mapping[str, Any]) -> Any:
        """Return the expression's value; ParameterError when it has none."""
        try:
            # The expression is the flow author's own code, like the rest of the flow's file.
            return eval(self._text, {"__builtins__": {}}, dict(configs))
        except Exception as error:
            known = ", ".join(configs) or "none"
            raise ParameterError(
                f"config_expr({self._text!r}) cannot be evaluated: {error!r}. Configurations: {known}."
            ) from error

    def __repr__(self) -> str:
        return f"config_expr({self._text!r})"


def config_expr(text: str) -> ConfigExpression:
    """Return an expression over the flow's configurations by name, evaluated when the flow is deployed."""
    return ConfigExpression(text)


class Config(ConfigExpression):
    """A value that is read when the flow is deployed: from a file (`default`), or given as it is (`default_value`).

    The content is JSON unless `parser` (a function, or `"module.function"`) makes a dictionary of it, or `plain`
    leaves it as it is. In the class body `config.key` stands for the value to come; in steps it is an immutable
    `ConfigValue`.
    """

    def __init__(
        self,
        name: str,
        default: str | Callable[..., Any] | None = None,
        default_value: Any = None,
        help: str | None = None,
        required: bool | None = None,
        parser: str | Callable[[str], Any] | None = None,
        plain: bool = False,
    ) -> None:
        if default is not None and default_value is not None:
            raise ParameterError(f"Config {name!r}: give default or default_value, not both.")
        super().__init__(name)
        self._name, self._default, self._default_value = name, default, default_value
        self._help, self._required, self._parser, self._plain = help, required, parser, plain

    def read(self, folder: Path, path: str | None = None, text: str | None = None) -> Any:
        """Return the value: from `text` or the file at `path` where given, else from the defaults, below `folder`.

        ParameterError when there is none, the file cannot be read, or its content is not what it should be.
        """
        if path is None and text is None and self._default_value is not None:
            value = self._default_value() if callable(self._default_value) else self._default_value
            return self._parsed(value, folder) if isinstance(value, str) else value
        if text is None:
            where = path or (self._default() if callable(self._default) else self._default)
            if where is None:
                if self._required:
                    raise ParameterError(
                        f"missing configuration for {self._name!r}: give it with --config {self._name} PATH."
                    )
                return None
            text = self._content(Path(where) if path else folder / str(where), is_default=path is None)
        return self._parsed(text, folder)

    def _content(self, file: Path, is_default: bool) -> str:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            kind = "default configuration file" if is_default else "configuration file"
            raise ParameterError(f"Config {self._name!r}: {kind} {str(file)!r} could not be read: {error}") from None

    def _parsed(self, text: str, folder: Path) -> Any:
        if self._parser is not None:
            return self._parser_function()(text)
        if self._plain:
            return text
        try:
            return json.loads(text)
        except ValueError as error:
            raise ParameterError(f"Config {self._name!r} is not valid JSON: {error}") from None

    def _parser_function(self) -> Callable[[str], Any]:
        if callable(self._parser):
            return self._parser
        module, _, name = str(self._parser).lstrip(".").rpartition(".")
        try:
            found: Callable[[str], Any] = getattr(import_module(module), name)
            return found
        except (ImportError, AttributeError, ValueError) as error:
            raise ParameterError(
                f"Config {self._name!r}: the parser {self._parser!r} cannot be found: {error}"
            ) from None


def configs_of(flow_class: type) -> dict[str, Config]:
    """Return the flow's configurations by attribute name, those of base classes included."""
    found: dict[str, Config] = {}
    for base in reversed(flow_class.__mro__):
        found.update((name, value) for name, value in vars(base).items() if isinstance(value, Config))
    return found


def read_configs(
    flow_class: type, folder: Path, paths: Mapping[str, str] | None = None, values: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the values of a flow's configurations by name, as JSON-like data. LAUNCH.

    `paths` and `values` are given on the command line, by name; ParameterError for a name that is not there or is
    given in both ways.
    """
    configs = {config._name: config for config in configs_of(flow_class).values()}
    given = [*(paths or ()), *(values or ())]
    for name in given:
        if name not in configs:
            raise ParameterError(f"the flow has no Config {name!r}. It has: {', '.join(configs) or 'none'}.")
        if given.count(name) > 1:
            raise ParameterError(f"Config {name!r} is given as a file and as a value. Give one of them.")
    return {
        name: config.read(folder, (paths or {}).get(name), (values or {}).get(name)) for name, config in configs.items()
    }


class ConfigResolver:
    """Puts configuration values in place of expressions, anywhere in a value."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {name: as_config_value(value) for name, value in values.items()}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, ConfigExpression):
            return value.evaluate(self.values)
        if isinstance(value, dict):
            resolved: dict[Any, Any] = {}
            for key, item in value.items():
                if key == UNPACKED:
                    resolved.update(self(item))
                else:
                    resolved[key] = self(item)
            return resolved
        if type(value) in (list, tuple):
            return type(value)(self(item) for item in value)
        return value
