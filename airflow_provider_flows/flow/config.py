"""`Config` and `config_expr`: values known when a flow is deployed, usable in its decorators and parameters.

Read in LAUNCH and frozen into the deployment; every later process is given the same values. Meaning as in Metaflow
2.19.
"""

from __future__ import annotations

import json
import keyword
import os
from importlib import import_module
from pathlib import Path
from typing import Any, Callable, Mapping

from airflow_provider_flows.errors import InvalidFlow, ParameterError, message_of, words_of
from airflow_provider_flows.flow.config_expression import ALL, ConfigExpression, is_unpacked
from airflow_provider_flows.flow.config_value import as_config_value
from airflow_provider_flows.flow.default_file import default_file, looked_up_in
from airflow_provider_flows.flow.parameters import ParameterContext, problem_where, where_declared
from airflow_provider_flows.flow.regular_file import Rejected
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.rejections import reject
from airflow_provider_flows.text import in_short

PATHS_ENVIRONMENT = "FLOW_CONFIG"
VALUES_ENVIRONMENT = "FLOW_CONFIG_VALUE"
"""JSON objects of configurations by name: their files, their values. The command line wins over them."""
_PREFIXES = ("METAFLOW_", "FLOWS_")
"""What the variables begin with; ours wins."""
_NOTHING = (None, None)

_FROZEN = (type(None), bool, int, float, str, bytes)


class Config(ConfigExpression):
    """A value that is read when the flow is deployed: from a file (`default`), or given as it is (`default_value`).

    Either may be a function of a `ParameterContext`. The content is JSON unless `parser` (a function, or
    `"module.function"`) makes a dictionary of it, or `plain` leaves it as it is. In the class body `config.key` stands
    for the value to come; in steps it is an immutable `ConfigValue`.
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
        called = name if isinstance(name, str) and name else "?"
        plainly = called.isidentifier() and not keyword.iskeyword(called)
        super().__init__(called if plainly else f"{ALL}[{called!r}]")
        self._source = where_declared()
        self._name, self._default, self._default_value = called, default, default_value
        self._help, self._required, self._parser, self._plain = help, bool(required), parser, bool(plain)
        if called != name:
            self._reject(f"{in_short(name)} cannot be a configuration's name: use non-empty text.")
        if default is not None and default_value is not None:
            self._reject("give default or default_value, not both.")

    def _read(self, flow: str, folder: Path, path: str | None = None, text: str | None = None) -> Any:
        """Return the value: from `text` or the file at `path` where given, else from the defaults, below `folder`.

        ParameterError when there is none, the file cannot be read, or its content is not what it should be.
        """
        source = None
        if path is not None:
            text, source = self._content(Path(path), "configuration file"), path
        elif text is None and self._default is not None:
            source = str(self._default_file(str(self._computed(self._default, flow)), folder))
            text = self._content(Path(source), "default configuration file")
        value = self._computed(self._default_value, flow) if text is None else text
        if value is None and self._required:
            raise self._wrong(f"missing configuration for {self._name!r}: give it with --config {self._name} PATH.")
        value = self._parsed(value, source) if isinstance(value, str) else value
        self._check_frozen(value, self._name)
        return value

    def _shown(self, value: Any) -> Any:
        """Return the value as steps, decorators and mutators see it."""
        return value if self._plain else as_config_value(value)

    def _wrong(self, reason: str) -> ParameterError:
        return ParameterError(problem=problem_where(self._source, f"Config {self._name!r}: {reason}"))

    def _reject(self, reason: str) -> None:
        error = self._wrong(reason)
        reject(error.as_problems()[0], error)

    def _default_file(self, path: str, folder: Path) -> Path:
        try:
            found = default_file(path, folder)
        except Rejected as error:
            raise self._wrong(f"default configuration file {path!r}: {error}.") from None
        if not found.exists():
            raise self._wrong(f"there is no default configuration file {path!r}. {looked_up_in(folder)}")
        return found

    def _content(self, file: Path, kind: str) -> str:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise self._wrong(f"{kind} {str(file)!r} could not be read: {error}") from None

    def _computed(self, default: Any, flow: str) -> Any:
        if not callable(default):
            return default
        try:
            return default(ParameterContext(flow, username() or "unknown", self._name))
        except (Exception, SystemExit) as error:
            raise self._wrong(f"its default failed: {words_of(error)}") from error

    def _parsed(self, text: str, source: str | None) -> Any:
        if self._parser is not None:
            return self._parsed_by(self._parser_function(), text, source)
        if self._plain:
            return text
        try:
            return json.loads(text)
        except ValueError as error:
            raise self._wrong(f"{source or 'its value'} is not valid JSON: {error}") from None

    def _parsed_by(self, parser: Callable[[str], Any], text: str, source: str | None) -> Any:
        try:
            value = parser(text)
        except (Exception, SystemExit) as error:
            where = f" on {source}" if source else ""
            raise self._wrong(f"its parser failed{where}: {words_of(error)}") from error
        if not self._plain and not isinstance(value, dict):
            what = f"its parser returned {in_short(value)}, which is not a dictionary."
            raise self._wrong(f"{what} Return one, or say plain=True.")
        return value

    def _parser_function(self) -> Callable[[str], Any]:
        if callable(self._parser):
            return self._parser
        module, _, name = str(self._parser).lstrip(".").rpartition(".")
        try:
            with metaflow_names():
                found: Callable[[str], Any] = getattr(import_module(module), name)
            return found
        except (Exception, SystemExit) as error:
            raise self._wrong(f"the parser {self._parser!r} cannot be found: {message_of(error)}") from None

    def _check_frozen(self, value: Any, where: str) -> None:
        """ParameterError for what cannot be written into a deployment: anything that is not like JSON."""
        if isinstance(value, dict):
            for key, item in value.items():
                self._check_frozen(key, f"a key of {where}")
                self._check_frozen(item, f"{where}.{key}")
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                self._check_frozen(item, f"{where}[{index}]")
        elif not isinstance(value, _FROZEN):
            what = f"{where} is a {type(value).__name__}, and a deployment can only hold values like those of JSON."
            raise self._wrong(f"{what} Let the parser return text, and convert it in the step.")


def configs_of(flow_class: type) -> dict[str, Config]:
    """Return the flow's configurations by attribute name, those of base classes included."""
    found: dict[str, Config] = {}
    for base in reversed(flow_class.__mro__):
        found.update((name, value) for name, value in vars(base).items() if isinstance(value, Config))
    return found


def read_configs(
    flow_class: type,
    folder: Path,
    paths: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the values of a flow's configurations by name, as JSON-like data. LAUNCH.

    `paths` and `values` are given on the command line, by name; ParameterError for a name that is not there or is
    given in both ways, or for one that cannot be read; InvalidFlow for several. What the command line does not give is
    looked for in the environment. Those that are `known` are not read again.
    """
    configs = {config._name: config for config in configs_of(flow_class).values()}
    for name in (*(paths or ()), *(values or ())):
        if name not in configs:
            raise ParameterError(f"the flow has no Config {name!r}. It has: {', '.join(configs) or 'none'}.")
    given = _given(paths or {}, values or {})
    for name, way in _given(_environment(PATHS_ENVIRONMENT), _environment(VALUES_ENVIRONMENT)).items():
        given.setdefault(name, way)
    found = dict(known or {})
    errors: list[ParameterError] = []
    for name, config in configs.items():
        if name not in found:
            try:
                found[name] = config._read(flow_class.__name__, folder, *given.get(name, _NOTHING))
            except ParameterError as error:
                errors.append(error)
            except Exception as error:  # of a class that somebody wrote, or of JSON that is nested too deeply
                errors.append(config._wrong(f"it cannot be used: {words_of(error)}"))
    if len(errors) > 1:
        raise InvalidFlow(problem for error in errors for problem in error.as_problems())
    if errors:
        raise errors[0]
    return {name: found[name] for name in configs}


def _given(paths: Mapping[str, str], values: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    for name in paths.keys() & values.keys():
        raise ParameterError(f"Config {name!r} is given as a file and as a value. Give one of them.")
    given: dict[str, tuple[str | None, str | None]] = {name: (path, None) for name, path in paths.items()}
    given.update((name, (None, text)) for name, text in values.items())
    return given


def _environment(variable: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in (f"{prefix}{variable}" for prefix in _PREFIXES):
        try:
            given = json.loads(os.environ.get(name) or "{}")
            found.update((key, item if isinstance(item, str) else json.dumps(item)) for key, item in given.items())
        except (ValueError, AttributeError):
            raise ParameterError(f"{name} must be a JSON object of configurations by name.") from None
    return found


class ConfigResolver:
    """Puts configuration values in place of expressions, anywhere in a value. `values` are by name."""

    def __init__(self, flow_class: type, values: Mapping[str, Any]) -> None:
        configs = {config._name: config for config in configs_of(flow_class).values()}
        self.values = {name: configs[name]._shown(value) for name, value in values.items() if name in configs}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, ConfigExpression):
            return value._evaluate(self.values)
        if type(value) is dict:
            return self._resolved(value)
        if type(value) in (list, tuple):
            return type(value)(self(item) for item in value)
        return value

    def _resolved(self, value: dict[Any, Any]) -> dict[Any, Any]:
        resolved: dict[Any, Any] = {}
        for key, item in value.items():
            if not is_unpacked(key):
                resolved[key] = self(item)
            elif isinstance(unpacked := self(item), dict):
                resolved.update(unpacked)
            else:
                raise ParameterError(f"**{in_short(item)}: it is {in_short(unpacked)}, which is not a dictionary.")
        return resolved
