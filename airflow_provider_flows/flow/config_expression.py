"""`config_expr`, and what a `Config` is in a class body: values to come. Evaluated in all phases."""

from __future__ import annotations

import sys
from typing import Any, Iterator, Mapping

from airflow_provider_flows.errors import ParameterError, words_of

_UNPACKED = "__flows_unpacked_config__"
ALL = "__flows_configs__"
"""The name by which an expression reaches configurations whose own names are none."""


class ConfigExpression:
    """An expression that is evaluated when configurations are known: `config.key`, `config_expr("config.a + 1")`.

    `names` are the globals of the module it was written in. All names of its own begin with an underscore, except
    `keys`, because any other may be a key of the configuration.
    """

    def __init__(self, text: str, names: Mapping[str, Any] | None = None) -> None:
        self._text, self._names = text, names or {}

    def __getattr__(self, name: str) -> ConfigExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return ConfigExpression(f"({self._text}).{name}", self._names)

    def __getitem__(self, key: Any) -> ConfigExpression:
        if key == self._unpacked:
            return self
        return ConfigExpression(f"({self._text})[{key!r}]", self._names)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"{self!r} is not known yet: use it in decorators, parameters and steps.")

    __contains__ = None

    def keys(self) -> list[str]:
        """Let `**config` stand for all its keys until they are known."""
        return [self._unpacked]

    @property
    def _unpacked(self) -> str:
        return f"{_UNPACKED}{id(self)}"

    def _evaluate(self, configs: Mapping[str, Any]) -> Any:
        """Return the expression's value; ParameterError when it has none."""
        try:
            # The expression is the flow author's own code, like the rest of the flow's file.
            value = eval(self._text, {**self._names, **configs, ALL: configs})
            if isinstance(value, ConfigExpression):
                raise NameError(f"{value._text!r} is not a configuration of this flow")
            return value
        except (Exception, SystemExit) as error:
            known = ", ".join(configs) or "none"
            raise ParameterError(
                f"{self!r} cannot be evaluated: {words_of(error)}. Configurations: {known}."
            ) from error

    def __repr__(self) -> str:
        return f"config_expr({self._text!r})"


def is_unpacked(key: object) -> bool:
    """Whether a key stands for all keys of a configuration: what `**config` leaves until they are known."""
    return isinstance(key, str) and key.startswith(_UNPACKED)


def config_expr(text: str) -> ConfigExpression:
    """Return an expression over the flow's configurations by name, evaluated when the flow is deployed."""
    return ConfigExpression(text, sys._getframe(1).f_globals)
