"""Packages that only this one uses, imported when they are needed: its own copies where a step has others. Any process.

In a step's own environment there may be another version of them, or none. There, `airflow_provider_flows.inside` puts
the copies of this package in here, before any code of the step runs; elsewhere they are imported as usual.
"""

from __future__ import annotations

from types import ModuleType

kept: dict[str, ModuleType] = {}
"""The copies, by name; empty outside of such environments."""


def blake3_package() -> ModuleType:
    """Return the package `blake3`."""
    if "blake3" not in kept:
        import blake3  # 3 ms that no reader of a run's list should pay

        return blake3
    return kept["blake3"]


def zstandard_package() -> ModuleType:
    """Return the package `zstandard`."""
    if "zstandard" not in kept:
        import zstandard  # 5 ms, and only large artifacts need it

        return zstandard
    return kept["zstandard"]
