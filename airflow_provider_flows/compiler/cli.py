"""`flows-compile FLOW.py`: the DAG on stdout, everything else on stderr. LAUNCH phase; imports no Airflow.

Exit codes: 0 when all went well, 1 when `--check` finds a difference, 2 when the flow or the command is wrong.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows import __version__
from airflow_provider_flows.compiler.arguments import parse_params, parse_task_args
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import FlowsError, UsageError

EXIT_DIFFERENT = 1
EXIT_WRONG = 2
HEADER = '"""Airflow DAG of the flow '
"""How every compiled DAG begins."""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("flow", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the DAG to this file.")
@click.option("--with", "decorators", multiple=True, metavar="DECORATOR", help="Attach a decorator to all steps.")
@click.option("--class", "class_name", metavar="NAME", help="The flow to compile, when a file has several.")
@click.option("--dag-id", help="The DAG's id. Default: the flow's name.")
@click.option("--schedule", help="Cron expression, preset such as @daily, or 'none'. Overrides @schedule.")
@click.option("--start-date", help="First date of a scheduled DAG, such as 2026-01-31.")
@click.option("--catchup", is_flag=True, help="Run all that was due since the start date.")
@click.option("--tag", "tags", multiple=True, help="Add a tag to the DAG and its runs.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter's default.")
@click.option("--max-active-runs", type=click.IntRange(min=1), help="Runs of the DAG at once.")
@click.option("--max-workers", type=click.IntRange(min=1), help="Tasks of the DAG at once.")
@click.option("--pool", help="Pool of all tasks.")
@click.option("--queue", help="Queue of all tasks.")
@click.option("--task-arg", "task_args", multiple=True, metavar="STEP.KEY=VALUE", help="Argument of a step's task.")
@click.option("--include", multiple=True, metavar="GLOB", help="Package these files beside the flow, too.")
@click.option("--datastore-root", help="Where artifacts are kept. Default: Airflow's [flows] datastore_root.")
@click.option(
    "--config", "config_paths", multiple=True, nargs=2, metavar="NAME PATH", help="Read a Config from a file."
)
@click.option(
    "--config-value", "config_values", multiple=True, nargs=2, metavar="NAME JSON", help="Give a Config's value."
)
@click.option("--branch", help="Branch of a @project.")
@click.option("--production", is_flag=True, help="Deploy a @project to production.")
@click.option("--check", type=click.Path(path_type=Path), metavar="FILE", help="Exit 1 if FILE is out of date.")
@click.option("--explain", is_flag=True, help="Show what each step becomes, instead of the DAG.")
@click.version_option(__version__, prog_name="flows-compile")
def command(
    flow: Path,
    output: Path | None,
    params: tuple[str, ...],
    task_args: tuple[str, ...],
    config_paths: tuple[tuple[str, str], ...],
    config_values: tuple[tuple[str, str], ...],
    check: Path | None,
    explain: bool,
    **rest: Any,
) -> int:
    """Compile the flow in FLOW into an Airflow DAG."""
    from airflow_provider_flows.compiler.compile import compile_flow  # --help needs none of it

    options = CompileOptions(
        flow,
        params=parse_params(params),
        task_args=parse_task_args(task_args),
        config_paths=dict(config_paths),
        config_values=dict(config_values),
        **rest,
    )
    if sum((explain, check is not None, output is not None)) > 1:
        raise click.UsageError("Give one of --output, --check and --explain.")
    with _stdout_kept():
        compiled = compile_flow(options)
    if explain:
        from airflow_provider_flows.compiler.explain import explain as table

        click.echo(table(compiled.plan, compiled.graph), nl=False)
        return 0
    if check is not None:
        return _check(compiled.text, check)
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(compiled.text.encode())
        sys.stdout.flush()
    else:
        _refuse_to_lose(output, [flow.parent / path for path in compiled.plan.flow.sources])
        _write(output, compiled.text)
    return 0


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code."""
    code = run(lambda: command.main(arguments, prog_name="flows-compile", standalone_mode=False))
    with contextlib.suppress(OSError):
        os.dup2(2, 1)  # the DAG is out: what the flow's code says at the exit must not follow it
    sys.exit(code)


def run(call: Callable[[], Any]) -> int:
    """Return the exit code of a command; what is wrong is said on stderr in one piece, without a traceback."""
    try:
        return int(call() or 0)
    except click.ClickException as error:
        error.show()
    except click.Abort:
        click.echo("Aborted.", err=True)
    except FlowsError as error:
        click.echo(str(error), err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return EXIT_DIFFERENT
    except OSError as error:
        click.echo(f"{error.filename or 'flows-compile'}: {error.strerror or error}", err=True)
    return EXIT_WRONG


def _check(text: str, file: Path) -> int:
    """Return 0 when `file` is what would be written now; else show the difference and return 1."""
    found = file.read_bytes().decode("utf-8", "replace") if file.exists() else ""
    if found == text:
        return 0
    lines = difflib.unified_diff(found.splitlines(True), text.splitlines(True), str(file), f"{file} (compiled now)")
    click.echo("".join(line if line.endswith("\n") else f"{line}\n" for line in lines), nl=False)
    return EXIT_DIFFERENT


@contextlib.contextmanager
def _stdout_kept() -> Iterator[None]:
    """Send to stderr what a flow file prints while it is imported: its child processes and C libraries included."""
    with contextlib.redirect_stdout(sys.stderr), contextlib.ExitStack() as undo:
        with contextlib.suppress(OSError):  # a closed stream has nothing to keep
            kept = os.dup(1)
            undo.callback(os.close, kept)
            undo.callback(os.dup2, kept, 1)
            if sys.__stdout__ is not None:
                undo.callback(sys.__stdout__.flush)
            os.dup2(2, 1)
        yield


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
        begin = stream.read(len(HEADER))
    if begin and begin != HEADER.encode():
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
