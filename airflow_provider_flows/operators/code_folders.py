"""Lay out a flow's sources on the worker's disk, once for each digest, so that tracebacks see real files. Worker."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.identity import SHORT_DIGEST, source_bytes
from airflow_provider_flows.operators.code_age import forget_unused, used
from airflow_provider_flows.own_folder import closed_by, open_to_others
from airflow_provider_flows.packaging.writing import write_files

_OTHER_CACHE = "set [flows] code_cache_dir to a folder of the worker's own."


def code_folder(digest: str, sources: Mapping[str, str | bytes], cache: Path | None = None) -> Path:
    """Return a folder that holds `sources`; it is made atomically, and each file is compared.

    It is named by the first digits of the digest. Where a folder of that name holds something else (the code of another
    digest that begins alike, or what is left of one that was tidied up), it stays as it is, and all digits name ours,
    which is fixed when need be.
    """
    root = cache or cache_folder()
    digits = digest.rpartition(":")[2]
    short, full = root / digits[:SHORT_DIGEST], root / digits
    used(short)  # before it is looked at: from now on nobody takes it for old
    if not short.exists():
        forget_unused(root)
        _lay_out(short, sources)
    if _is_complete(short, sources):
        return short
    used(full)
    if not _is_complete(full, sources):
        _lay_out(full, sources, fix=True)
    return full


def cache_folder() -> Path:
    """Return this user's own folder in `[flows] code_cache_dir`, or else in the folder for temporary files.

    UsageError when others could change the code in it.
    """
    from airflow_provider_flows.operators.compat import conf  # in the worker only, so that parsing a DAG stays light

    above = Path(conf.get("flows", "code_cache_dir", fallback="") or tempfile.gettempdir()).expanduser().resolve()
    folder = above / f"airflow-provider-flows-{os.getuid()}"
    try:
        above.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        opened = open_to_others(folder)
    except OSError as error:
        raise UsageError(
            f"The cache for code, {folder}, cannot be made: {error}. Remove what is in the way, or {_OTHER_CACHE}"
        ) from error
    if opened is not None:
        raise UsageError(
            f"The cache for code is {folder}, and others can change {opened}. "
            f"Type `{closed_by(opened)}`, or {_OTHER_CACHE}"
        )
    return folder


def _is_complete(folder: Path, sources: Mapping[str, str | bytes]) -> bool:
    return all(_content(folder / path) == source_bytes(source) for path, source in sources.items())


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _lay_out(folder: Path, sources: Mapping[str, str | bytes], fix: bool = False) -> None:
    """Write a folder beside it and move that into place; to `fix` one that is there, file by file."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name[:20]}-", dir=folder.parent))
    try:
        write_files(draft, sources)
        _move_into_place(draft, folder, sources if fix else ())
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move_into_place(draft: Path, folder: Path, fixed: Iterable[str]) -> None:
    try:
        draft.rename(folder)
    except OSError:  # somebody else was faster, or an incomplete folder is in the way
        for path in fixed:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft / path, target)
