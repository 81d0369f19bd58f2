"""Write the files of a package below a folder. Any process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from airflow_provider_flows.errors import CodeMismatch
from airflow_provider_flows.identity import source_bytes


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by relative path; CodeMismatch, and nothing is written, when a path leads out of the folder.

    The paths may come from a store, and who writes to that is not trusted with other folders.
    """
    for path in files:
        parts = PurePosixPath(path)
        if not parts.parts or parts.is_absolute() or ".." in parts.parts:
            raise CodeMismatch(f"The source path {path!r} leads out of the flow's folder.")
    for path, source in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source_bytes(source))
