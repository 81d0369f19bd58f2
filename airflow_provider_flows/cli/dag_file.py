"""Where a compiled DAG goes: to stdout or a file, or beside the one that is there already. LAUNCH phase."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_flows.cli.exits import FAILED
from airflow_provider_flows.cli.files import write_file
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.packaging.files import COMPILED_DAG
from airflow_provider_flows.text import size

if TYPE_CHECKING:
    from airflow_provider_flows.compiler.compile import Compiled

STDOUT = Path("-")
_NEXT = (
    "Airflow finds new files within [dag_processor] refresh_interval (5 minutes by default) and reads changed ones "
    "within min_file_process_interval (30 seconds); 'airflow dags reserialize' takes them at once."
)


def write(dags: Mapping[Path, Compiled], quiet: bool = False) -> int:
    """Write each DAG to its file, or to STDOUT; say on stderr what became of it, unless `quiet`; return the exit code.

    UsageError, before anything is written, when that would lose a file of a flow, or what is not ours, and when the
    first one cannot be written; FAILED when a later one cannot.
    """
    if STDOUT in dags:
        _print(dags[STDOUT].text)
        return 0
    _require_no_sources(dags)
    for file in dags:
        _require_no_loss(file)
    written: dict[Path, Compiled] = {}
    code = 0
    for file, dag in dags.items():
        try:
            _save(dag.text.encode(), file)
        except UsageError as error:
            if not written:
                raise
            say(str(error), err=True)
            code = FAILED
        else:
            written[file] = dag
    if not quiet:
        _tell({file: dag for file, dag in written.items() if file.is_file()})
    return code


def _save(content: bytes, file: Path) -> None:
    write_file(file, "--output", lambda stream: stream.write(content))


def _tell(dags: Mapping[Path, Compiled]) -> None:
    for file, dag in dags.items():
        tasks = len(list(dag.plan.tasks))
        about = f"DAG {dag.plan.dag_id}, {size(file.stat().st_size)}, {tasks} task{'s' if tasks != 1 else ''}"
        say(f"{file}: {about}.", err=True)
    if dags:
        say(_NEXT, err=True)


def differences(dags: Mapping[Path, Compiled]) -> int:
    """Return 0 when each file is what would be written now; else show the differences and return 1.

    UsageError when one is a file of a flow itself.
    """
    _require_no_sources(dags)
    old = [file for file, dag in dags.items() if _difference(dag.text, file)]
    if old and len(dags) > 1:
        say(
            f"{len(old)} of {len(dags)} DAG files are out of date. Without --check, they are updated.",
            err=True,
        )
    return FAILED if old else 0


def _difference(text: str, file: Path) -> bool:
    """Whether the file holds something else, which is shown."""
    found = file.read_bytes().decode("utf-8", "replace") if file.exists() else ""
    if found == text:
        return False
    lines = difflib.unified_diff(found.splitlines(True), text.splitlines(True), str(file), f"{file} (compiled now)")
    say("".join(line if line.endswith("\n") else f"{line}\n" for line in lines), nl=False)
    return True


def _print(text: str) -> None:
    """Write the DAG to stdout: its very bytes, but on a terminal what a flow's source holds is shown and not obeyed."""
    if sys.stdout.isatty():
        say(text, nl=False)
    else:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()


def _require_no_loss(output: Path) -> None:
    """UsageError when the output would replace a file that no compile has written."""
    if not output.is_file():
        return
    with output.open("rb") as stream:
        begin = stream.read(len(COMPILED_DAG))
    if begin and begin != COMPILED_DAG.encode():
        raise UsageError(
            f"{output}: this file was not written by flows-compile. Give another name, or remove it first."
        )


def _require_no_sources(dags: Mapping[Path, Compiled]) -> None:
    """UsageError when the file of a DAG is one of the flows' own."""
    sources = {source.resolve() for dag in dags.values() for source in dag.package.origins.values()}
    for file in dags:
        if file.resolve() in sources:
            raise UsageError(f"{file}: this is a file of the flow itself. Give the DAG another name with -o.")
