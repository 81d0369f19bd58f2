"""Lay out a flow's sources on the worker's disk, once for each digest, so that tracebacks see real files. Worker."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from airflow_provider_flows.errors import CodeMismatch
from airflow_provider_flows.identity import source_bytes


def code_folder(digest: str, sources: Mapping[str, str | bytes], cache: Path | None = None) -> Path:
    """Return a folder that holds exactly `sources`; it is made atomically, and mended when somebody tidied it up."""
    root = cache or cache_folder()
    folder = root / "".join(char if char.isalnum() else "-" for char in digest)
    if not _is_complete(folder, sources):
        _lay_out(folder, sources)
    return folder


def cache_folder() -> Path:
    """Return the folder for code: `[flows] code_cache_dir`, else one of this user's own in the temporary folder.

    CodeMismatch when that one belongs to somebody else, who could change the code in it.
    """
    from airflow_provider_flows.operators.compat import conf  # in the worker only, so that parsing a DAG stays light

    configured = conf.get("flows", "code_cache_dir", fallback="")
    if configured:
        Path(configured).mkdir(parents=True, exist_ok=True)
        return Path(configured)
    folder = Path(tempfile.gettempdir()) / f"airflow-provider-flows-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise CodeMismatch(f"{folder} can be changed by others. Remove it, or set [flows] code_cache_dir.")
    return folder


def _is_complete(folder: Path, sources: Mapping[str, str | bytes]) -> bool:
    return all(_content(folder / path) == source_bytes(source) for path, source in sources.items())


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _lay_out(folder: Path, sources: Mapping[str, str | bytes]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name[:20]}-", dir=folder.parent))
    try:
        for path, source in sources.items():
            parts = PurePosixPath(path).parts
            if not parts or path.startswith("/") or ".." in parts:
                raise CodeMismatch(f"The source path {path!r} leads out of the flow's folder.")
            file = draft.joinpath(*parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(source_bytes(source))
        _move_into_place(draft, folder, sources)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move_into_place(draft: Path, folder: Path, sources: Mapping[str, str | bytes]) -> None:
    try:
        draft.rename(folder)
    except OSError:  # somebody else was faster, or an incomplete folder is in the way: then file by file
        for path in sources:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft / path, target)
