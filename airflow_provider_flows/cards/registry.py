"""Which types of cards there are: our own, those of other distributions, and classes of the flow's own code. Any phase.

Other distributions have an entry point of `airflow_provider_flows.cards`, or lie as Metaflow's extensions do:
`metaflow_extensions.<name>.plugins.cards.<name>`, with a list `CARDS`.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Iterator

from airflow_provider_flows.cards.builtin import BlankCard, DefaultCard, ErrorCard
from airflow_provider_flows.cards.card import MetaflowCard
from airflow_provider_flows.errors import words_of
from airflow_provider_flows.metaflow_compat import metaflow_names

GROUP = "airflow_provider_flows.cards"
_EXTENSIONS = "metaflow_extensions"
_OURS: dict[str, type[MetaflowCard]] = {"default": DefaultCard, "blank": BlankCard, "error": ErrorCard}


def find_card(name: str) -> type[MetaflowCard] | None:
    """Return the class of the cards of this type; None when there is none."""
    return _OURS.get(name) or _of_code().get(name) or _installed()[0].get(name)


def known_types() -> list[str]:
    """Return the types of cards that there are here, sorted."""
    return sorted({*_OURS, *_of_code(), *_installed()[0]})


def broken() -> list[str]:
    """Return what is wrong with installed packages of cards, in words."""
    return list(_installed()[1])


def _of_code() -> dict[str, type[MetaflowCard]]:
    """Return the classes with a type of their own that modules hold which are loaded now: the flow's, first of all."""
    found: dict[str, type[MetaflowCard]] = {}
    waiting: list[type[MetaflowCard]] = [MetaflowCard]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        name = vars(cls).get("type")
        if isinstance(name, str) and vars(sys.modules.get(cls.__module__, object)).get(cls.__name__) is cls:
            found[name] = cls
    return found


@lru_cache(maxsize=1)
def _installed() -> tuple[dict[str, type[MetaflowCard]], list[str]]:
    """Return the classes of other distributions by type, and what is wrong with those that cannot be used."""
    found: dict[str, type[MetaflowCard]] = {}
    problems: list[str] = []
    for origin, load in (*_entry_points(), *_extensions()):
        try:
            with metaflow_names():
                classes = list(_classes(load()))
        except Exception as error:
            problems.append(f"{origin} cannot be loaded: {words_of(error)}")
            continue
        for cls in classes:
            found.setdefault(str(cls.type), cls)
    return found, problems


def _classes(loaded: Any) -> Iterator[type[MetaflowCard]]:
    for cls in loaded if isinstance(loaded, (list, tuple)) else (loaded,):
        if not (isinstance(cls, type) and issubclass(cls, MetaflowCard) and isinstance(cls.type, str)):
            raise TypeError(f"{cls!r} is not a MetaflowCard with a type")
        yield cls


def _entry_points() -> Iterator[tuple[str, Any]]:
    from importlib import metadata  # slow to import, and steps without cards do not need it

    every: Any = metadata.entry_points()
    for entry in every.select(group=GROUP) if hasattr(every, "select") else every.get(GROUP, ()):
        yield f"the entry point {entry.name!r} of {GROUP}", entry.load


def _extensions() -> Iterator[tuple[str, Any]]:
    """Find the packages by where they lie: to import what is above them would run code that concerns no card."""
    from importlib.util import find_spec

    root = find_spec(_EXTENSIONS)
    for place in (root.submodule_search_locations or ()) if root is not None else ():
        for folder in sorted(Path(place).glob("*/plugins/cards/*")):
            names = folder.relative_to(place).with_suffix("").parts
            if (folder.is_dir() or folder.suffix == ".py") and all(map(_names_a_package, names)):
                name = ".".join((_EXTENSIONS, *names))
                yield f"the package {name}", _cards_of(name)


def _names_a_package(name: str) -> bool:
    return name.isidentifier() and not name.startswith("__")


def _cards_of(module: str) -> Any:
    return lambda: getattr(import_module(module), "CARDS", [])
