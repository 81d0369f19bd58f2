"""What may be asked of a package beside the flow's own imports, as data. LAUNCH phase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PackageOptions:
    """`include` are globs from the flow's folder. `whole_folder` takes that folder, and `suffixes` what of it ends so.

    `leave_out` are folders that are nobody's code, such as a datastore.
    """

    include: tuple[str, ...] = ()
    whole_folder: bool = False
    suffixes: tuple[str, ...] = ()
    leave_out: tuple[Path, ...] = ()
