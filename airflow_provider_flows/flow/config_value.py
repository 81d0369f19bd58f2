"""`ConfigValue`: a configuration as decorators, mutators and steps see it. All phases."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NoReturn


class ConfigValue(dict):  # type: ignore[type-arg]
    """A configuration's value: read with `config.key` or `config["key"]`, never changed."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__({key: as_config_value(value) for key, value in data.items()})

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"this configuration has no {name!r}; it has: {', '.join(map(str, self)) or 'nothing'}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *map(str, self)]

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain dictionaries, for changing a copy."""
        return {key: plain_value(value) for key, value in self.items()}

    def copy(self) -> ConfigValue:
        return ConfigValue(self)

    def _reject(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("ConfigValue is immutable")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = _reject
    clear = pop = popitem = setdefault = update = __ior__ = _reject

    def __reduce__(self) -> tuple[Any, ...]:
        return ConfigValue, (self.to_dict(),)


def as_config_value(value: Any) -> Any:
    """Return `value` with dictionaries in it made immutable."""
    return _rebuilt(value, ConfigValue)


def plain_value(value: Any) -> Any:
    """Return `value` with each `ConfigValue` in it made a dictionary."""
    return _rebuilt(value, lambda data: {key: plain_value(item) for key, item in data.items()})


def _rebuilt(value: Any, dictionary: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return dictionary(value)
    if type(value) in (list, tuple):
        return type(value)(_rebuilt(item, dictionary) for item in value)
    return value
