"""Where a compiled DAG goes: to stdout or a file, or beside the one that is there already. LAUNCH phase."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from airflow_provider_flows.cli.exits import FAILED
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.packaging.files import COMPILED_DAG


def write(text: str, output: Path | None, sources: Iterable[Path]) -> None:
    """Write the DAG to stdout, or to a file; UsageError when that would lose one of `sources`, or what is not ours."""
    if output is None or str(output) == "-":
        _print(text)
        return
    _refuse_to_lose(output, sources)
    _write(output, text)


def difference(text: str, file: Path) -> int:
    """Return 0 when `file` is what would be written now; else show the difference and return 1."""
    found = file.read_bytes().decode("utf-8", "replace") if file.exists() else ""
    if found == text:
        return 0
    lines = difflib.unified_diff(found.splitlines(True), text.splitlines(True), str(file), f"{file} (compiled now)")
    say("".join(line if line.endswith("\n") else f"{line}\n" for line in lines), nl=False)
    return FAILED


def _print(text: str) -> None:
    """Write the DAG to stdout: its very bytes, but on a terminal what a flow's source holds is shown and not obeyed."""
    if sys.stdout.isatty():
        say(text, nl=False)
    else:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()


def _write(output: Path, text: str) -> None:
    """Write the DAG to a file, behind a link if it is one; a device or a pipe is written as it stands."""
    target = output.resolve()
    try:
        if output.exists() and not output.is_file():
            output.write_bytes(text.encode())
        elif not target.parent.is_dir():
            raise UsageError(f"--output {output}: there is no folder {target.parent}. Make it first.")
        else:
            _replace(target, text)
    except OSError as error:
        raise UsageError(f"--output {output}: it could not be written: {error.strerror}.") from None


def _refuse_to_lose(output: Path, sources: Iterable[Path]) -> None:
    """UsageError when the output would replace the flow's own code, or a file that no compile has written."""
    if not output.is_file():
        return
    if any(source.exists() and output.samefile(source) for source in sources):
        raise UsageError(f"{output}: this is a file of the flow itself. Give the DAG another name with -o.")
    with output.open("rb") as stream:
        begin = stream.read(len(COMPILED_DAG))
    if begin and begin != COMPILED_DAG.encode():
        raise UsageError(
            f"{output}: this file was not written by flows-compile. Give another name, or remove it first."
        )


def _replace(output: Path, text: str) -> None:
    """Replace the file in one step, so that Airflow never parses half a DAG and a failed compile loses nothing."""
    handle, draft = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent or ".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        os.chmod(draft, output.stat().st_mode & 0o777 if output.exists() else 0o666 & ~_umask())
        os.replace(draft, output)
    except BaseException:
        os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
