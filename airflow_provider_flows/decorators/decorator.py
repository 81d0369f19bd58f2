"""`Decorator`: the attributes of step and flow decorators, with defaults. All phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_flows.decorators.written import Resolve, Spec, Written
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.flow.config_expression import is_unpacked
from airflow_provider_flows.graph.wording import did_you_mean
from airflow_provider_flows.text import as_text


class Decorator(Written):
    """A decorator with a name and named attributes: ours, and those of plugins."""

    name: ClassVar[str] = "NONAME"
    defaults: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self,
        attributes: Mapping[str, Any] | None = None,
        statically_defined: bool = False,
        inserted_by: list[str] | None = None,
    ) -> None:
        given = dict(attributes or {})
        self._check_names({name for name in given if not is_unpacked(name)})
        self.attributes: dict[str, Any] = {**self.defaults, **given}
        self.statically_defined = statically_defined
        self.inserted_by = list(inserted_by or [])
        self._user_defined_attributes = set(given)

    @property
    def _flows_spec(self) -> Spec:
        cls = type(self)
        return Spec(self.name, f"{cls.__module__}.{cls.__qualname__}", [], self._flows_given)

    @property
    def _flows_kind(self) -> str:
        return self.name

    @property
    def _flows_described(self) -> dict[str, Any]:
        return self.attributes

    @property
    def _flows_given(self) -> dict[str, Any]:
        """The attributes that were written."""
        return {key: value for key, value in self.attributes.items() if key in self._user_defined_attributes}

    def _flows_initialise(self, resolve: Resolve) -> None:
        resolved = resolve(self._flows_given)
        self._check_names(set(resolved))
        self._user_defined_attributes = set(resolved)
        self.attributes = {**self.defaults, **resolved}
        if "init" in type(self).__dict__:  # not an inherited one (Metaflow 2.19)
            type(self).__dict__["init"](self)

    def _check_names(self, names: set[str]) -> None:
        unknown = sorted(names - set(self.defaults))
        if unknown:
            raise InvalidDecoratorAttribute(
                f"Decorator {self.name!r} does not support the attribute {unknown[0]!r}."
                f"{did_you_mean(unknown[0], self.defaults)} "
                f"These attributes are supported: {', '.join(self.defaults) or 'none'}."
            )

    def __repr__(self) -> str:
        attributes = ",".join(f"{key}={as_text(value)}" for key, value in sorted(self._flows_given.items()))
        return f"{self.name}:{attributes}" if attributes else self.name
