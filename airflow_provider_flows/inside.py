"""Where a step's own environment begins: this package finds what it needs, and hides nothing of the step's.

Runs first in an interpreter of such an environment.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import PathFinder

from airflow_provider_flows.own_copies import keep

PRIVATE = ("blake3", "zstandard")


def enter(packages: str) -> None:
    """Let this package use its own copies of what only it uses, from the folder `packages`.

    A step that has another version of one of them imports its own. The folder comes last on `sys.path`, so that the
    rest of what this package needs is found there where the step does not bring it along.
    """
    before = set(sys.modules)
    sys.path.insert(0, packages)
    for name in PRIVATE:
        keep(name, importlib.import_module(name))
    sys.path.remove(packages)
    theirs = {name for name in PRIVATE if PathFinder.find_spec(name, sys.path)}
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in theirs:
            del sys.modules[name]
    sys.path.append(packages)
