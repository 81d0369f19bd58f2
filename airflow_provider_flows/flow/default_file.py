"""Which file a default names: one where the command is given, as in Metaflow 2.19, or one beside the flow. All phases.

A worker of Airflow has no folder where the command is given; there, what travelled beside the flow is meant.
"""

from __future__ import annotations

import filecmp
import os
from pathlib import Path

from airflow_provider_flows.flow.regular_file import Rejected


def default_file(path: str, folder: Path) -> Path:
    """Return the file at a path: below the working directory, else below `folder`, the flow's.

    Where there is none, it is the one below `folder`. Rejected when there is another file in each of them.
    """
    place = os.path.expanduser(path)
    found = [file for file in (Path.cwd() / place, folder / place) if file.exists()]
    if len(found) == 2 and not _are_alike(*found):
        raise Rejected(
            f"there are two files of that path, {found[0]} and {found[1]}, and they differ. Remove one of them, or "
            "give the command in the flow's folder"
        )
    return found[0] if found else folder / place


def looked_up_in(folder: Path) -> str:
    """Return where relative paths are looked up, for messages."""
    places = dict.fromkeys(map(str, (Path.cwd(), folder)))
    return f"Relative paths are looked up in {' and in '.join(places)}."


def _are_alike(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other) or (one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False))
    except OSError:
        return False
