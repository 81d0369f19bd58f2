"""Where a compiled DAG goes: to stdout or a file, or beside the one that is there already. LAUNCH phase."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from pathlib import Path

from airflow_provider_flows.cli.exits import FAILED
from airflow_provider_flows.cli.files import write_file
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.packaging.files import COMPILED_DAG


def write(text: str, output: Path | None, sources: Iterable[Path]) -> None:
    """Write the DAG to stdout, or to a file; UsageError when that would lose one of `sources`, or what is not ours."""
    if output is None or str(output) == "-":
        _print(text)
        return
    _refuse_to_lose(output, sources)
    write_file(output, "--output", lambda stream: stream.write(text.encode()))


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
