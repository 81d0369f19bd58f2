"""Packages that only this one uses, imported when they are needed: its own copies where a step has others. Any process.

In a step's own environment there may be another version of them, or none. There, `airflow_provider_flows.inside` puts
the copies of this package in here, before any code of the step runs; elsewhere they are imported as usual.
"""

from __future__ import annotations

from types import ModuleType

_kept: dict[str, ModuleType] = {}


def keep(name: str, copy: ModuleType) -> None:
    """Use this copy of a package from now on."""
    _kept[name] = copy


def blake3_package() -> ModuleType:
    """Return the package `blake3`."""
    if "blake3" not in _kept:
        import blake3  # 3 ms that no reader of a run's list should pay

        return blake3
    return _kept["blake3"]


def zstandard_package() -> ModuleType:
    """Return the package `zstandard`."""
    if "zstandard" not in _kept:
        import zstandard  # 5 ms, and only large artifacts need it

        return zstandard
    return _kept["zstandard"]
