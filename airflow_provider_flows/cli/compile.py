"""`flows-compile FLOW…` and `flows FLOW.py compile`: the DAG on stdout, everything else on stderr. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from airflow_provider_flows import __version__
from airflow_provider_flows.cli.branch import warning_for
from airflow_provider_flows.cli.common import FLOW_OPTIONS, FlowCommand, Program, common, program
from airflow_provider_flows.cli.compile_options import compile_options
from airflow_provider_flows.cli.dag_file import differences, write
from airflow_provider_flows.cli.exits import exit_code, leave
from airflow_provider_flows.cli.flow_files import FlowFile, dag_files, flow_files
from airflow_provider_flows.cli.package_options import PACKAGE_OPTIONS, tell, warn
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.compiler.arguments import parse_params, parse_task_args
from airflow_provider_flows.metaflow_compat import install

if TYPE_CHECKING:
    from airflow_provider_flows.compiler.compile import Compiled

COMPARE_OUTPUT = ""
"""The value of `--check` without one."""
_HELP = "Compile the flow into an Airflow DAG."
OPTIONS = (
    click.Option(["-o", "--output"], metavar="PATH", help="Write the DAG to this file, or to a file of this folder."),
    click.Option(["--dag-id"], help="The DAG's id. Default: the flow's name."),
    click.Option(["--schedule"], help="Cron expression, preset such as @daily, or 'none'. Overrides @schedule."),
    click.Option(["--start-date"], help="First date of a scheduled DAG, such as 2026-01-31."),
    click.Option(["--catchup"], is_flag=True, help="Run all intervals since the start date."),
    click.Option(["--tag", "tags"], multiple=True, help="Add a tag to the DAG and its runs."),
    click.Option(["--param", "params"], multiple=True, metavar="NAME=VALUE", help="A parameter's default."),
    click.Option(["--max-active-runs"], type=click.IntRange(min=1), help="Runs of the DAG at once."),
    click.Option(["--max-workers"], type=click.IntRange(min=1), help="Tasks of the DAG at once."),
    click.Option(["--pool"], help="Pool of all tasks."),
    click.Option(["--queue"], help="Queue of all tasks."),
    click.Option(["--kubernetes-executor"], metavar="NAME", help="Executor of steps with @kubernetes."),
    click.Option(
        ["--task-arg", "task_args"],
        multiple=True,
        metavar="STEP.KEY=VALUE",
        help="Argument of a step's task; * for all steps.",
    ),
    click.Option(
        ["--lock"],
        is_flag=True,
        help="Resolve the packages of @pypi now, for this machine's platform and Python; they travel in the DAG.",
    ),
    click.Option(
        ["--lock-for"],
        metavar="PLATFORM/PYTHON",
        help="The same for the workers' platform and Python, such as linux-x86_64/3.12.",
    ),
    *PACKAGE_OPTIONS,
    click.Option(
        ["--check"],
        is_flag=False,
        flag_value=COMPARE_OUTPUT,
        metavar="[FILE]",
        help="Write nothing; exit 1 if FILE, or what -o names, is out of date.",
    ),
    click.Option(["--explain"], is_flag=True, help="Show what each step becomes, instead of the DAG."),
)


def _target(lock: bool, lock_for: str | None) -> str | None:
    """Return the platform and Python that packages are resolved for; None where workers do that."""
    from airflow_provider_flows.environments.resolve import this_machine  # --help does not need it

    return this_machine() if lock and lock_for is None else lock_for


def run_compile(
    output: str | None,
    params: tuple[str, ...],
    task_args: tuple[str, ...],
    check: str | None,
    explain: bool,
    lock: bool,
    lock_for: str | None,
    flows: Sequence[FlowFile] = (),
    **rest: Any,
) -> int:
    """Compile the flow at hand, or `flows`, as the options say; return the exit code."""
    from airflow_provider_flows.cli.compile_all import compile_all  # --help needs none of it

    flows = flows or [FlowFile(program().file)]
    places = _places(flows, output, check, explain)
    if len(flows) > 1 and rest["dag_id"] is not None:
        raise click.UsageError("--dag-id is for one flow, and these are several. Compile that one by itself.")
    options = compile_options(
        params=parse_params(params), task_args=parse_task_args(task_args), lock_for=_target(lock, lock_for), **rest
    )
    compiled, code = compile_all(flows, options, {} if check is None else places)
    for flow, each in compiled.items():
        tell(each.package, str(flow.path) if len(flows) > 1 else "")
        if each.users_branch is not None and check is None and output not in (None, "-"):
            warn(warning_for(each.users_branch, flow.path, places[flow]))
    if explain:
        _explain(list(compiled.values()))
    elif check is not None:
        code = max(code, differences({places[flow]: each for flow, each in compiled.items()}))
    elif not code:
        code = write({places[flow]: each for flow, each in compiled.items()}, quiet=common().quiet)
    return code


def _places(flows: Sequence[FlowFile], output: str | None, check: str | None, explain: bool) -> dict[FlowFile, Path]:
    """Return where each flow's DAG is written, or is compared with; UsageError when that is not clear."""
    if [explain, bool(check), output is not None].count(True) > 1 or (explain and check is not None):
        raise click.UsageError("Give one of --output, --check and --explain.")
    if output == "":
        raise click.UsageError("--output: the path is empty. Give the DAG's file, or a folder.")
    place = check or output or "-"
    if place == "-" and check is not None:
        raise click.UsageError("Say what --check compares with: --check dags/flow.py, or -o dags/ --check.")
    is_folder = place.endswith("/") or Path(place).is_dir()
    if explain or ([flow.named for flow in flows] == [True] and not is_folder):
        return dict.fromkeys(flows, Path(place))
    if place == "-":
        raise click.UsageError("Say with -o which folder the DAG files of these flows go to: -o dags/")
    if not Path(place).is_dir():
        raise click.UsageError(f"{place}: the folder does not exist. Create it first.")
    return dict(zip(flows, dag_files(flows, Path(place)), strict=True))


def _explain(compiled: Sequence[Compiled]) -> None:
    from airflow_provider_flows.compiler.explain import explain

    for each in compiled:
        if len(compiled) > 1:
            say(f"{each.plan.dag_id}:")
        say(explain(each.plan, each.graph), nl=False)


subcommand = FlowCommand("compile", params=[*OPTIONS], callback=run_compile, help=_HELP)


@click.command(
    params=[*OPTIONS, *FLOW_OPTIONS],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Compile each FLOW, a file or a folder of flow files, into an Airflow DAG.",
)
@click.argument("flows", type=click.Path(path_type=Path), nargs=-1, metavar="FLOW...")
@click.version_option(__version__, prog_name="flows-compile")
@click.pass_context
def command(ctx: click.Context, /, flows: tuple[Path, ...], output: str | None, check: str | None, **given: Any) -> int:
    if check and output is not None:  # then it has no value of its own: what stands behind it is a flow
        flows, check = (Path(check), *flows), COMPARE_OUTPUT
    if not flows:
        raise click.UsageError("Name the flow's file, or a folder of flows.")
    files = flow_files(flows)
    ctx.obj = Program(files[0].path, "flows-compile")
    return run_compile(flows=files, output=output, check=check, **given)


def main(arguments: list[str] | None = None) -> None:
    """Run `flows-compile FLOW …` and exit with its code."""
    install()
    leave(exit_code(lambda: command.main(arguments, prog_name="flows-compile", standalone_mode=False)))
