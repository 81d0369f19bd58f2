"""`flows-compile FLOW.py` and `flows FLOW.py compile`: the DAG on stdout, everything else on stderr. LAUNCH phase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from airflow_provider_flows import __version__
from airflow_provider_flows.cli.branch import options_in, require_said, warning_for
from airflow_provider_flows.cli.common import FLOW_OPTIONS, FlowCommand, Program, common, program
from airflow_provider_flows.cli.dag_file import difference, write
from airflow_provider_flows.cli.exits import exit_code, leave
from airflow_provider_flows.cli.flow import stdout_kept
from airflow_provider_flows.cli.package_options import PACKAGE_OPTIONS, package_options, tell, warn
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.compiler.arguments import parse_params, parse_task_args
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.facade import install

_HELP = "Compile the flow into an Airflow DAG."
OPTIONS = (
    click.Option(
        ["-o", "--output"], type=click.Path(dir_okay=False, path_type=Path), help="Write the DAG to this file."
    ),
    click.Option(["--dag-id"], help="The DAG's id. Default: the flow's name."),
    click.Option(["--schedule"], help="Cron expression, preset such as @daily, or 'none'. Overrides @schedule."),
    click.Option(["--start-date"], help="First date of a scheduled DAG, such as 2026-01-31."),
    click.Option(["--catchup"], is_flag=True, help="Run all that was due since the start date."),
    click.Option(["--tag", "tags"], multiple=True, help="Add a tag to the DAG and its runs."),
    click.Option(["--param", "params"], multiple=True, metavar="NAME=VALUE", help="A parameter's default."),
    click.Option(["--max-active-runs"], type=click.IntRange(min=1), help="Runs of the DAG at once."),
    click.Option(["--max-workers"], type=click.IntRange(min=1), help="Tasks of the DAG at once."),
    click.Option(["--pool"], help="Pool of all tasks."),
    click.Option(["--queue"], help="Queue of all tasks."),
    click.Option(
        ["--task-arg", "task_args"],
        multiple=True,
        metavar="STEP.KEY=VALUE",
        help="Argument of a step's task; * for all steps.",
    ),
    *PACKAGE_OPTIONS,
    click.Option(["--check"], type=click.Path(path_type=Path), metavar="FILE", help="Exit 1 if FILE is out of date."),
    click.Option(["--explain"], is_flag=True, help="Show what each step becomes, instead of the DAG."),
)


def compile_options(include: tuple[str, ...] = (), package: str = "imports", **more: Any) -> CompileOptions:
    """Return what the common options and PACKAGE_OPTIONS say about a deployment, and `more`."""
    asked = common()
    return CompileOptions(
        program().file,
        class_name=asked.class_name or program().class_name,
        package=package_options(include, package),
        datastore_root=asked.datastore_root,
        **asked.launch_fields,
        **more,
    )


def run_compile(
    output: Path | None,
    params: tuple[str, ...],
    task_args: tuple[str, ...],
    check: Path | None,
    explain: bool,
    **rest: Any,
) -> int:
    """Compile the flow at hand as the options say; return the exit code."""
    from airflow_provider_flows.compiler.compile import compile_flow  # --help needs none of it

    if sum((explain, check is not None, output is not None)) > 1:
        raise click.UsageError("Give one of --output, --check and --explain.")
    user = None if check is None else options_in(check).get("user")
    options = compile_options(params=parse_params(params), task_args=parse_task_args(task_args), user=user, **rest)
    with stdout_kept():
        compiled = compile_flow(options)
    tell(compiled.package)
    if compiled.users_branch is not None:
        if check is not None:
            require_said(compiled.users_branch, check)
        warn(warning_for(compiled.users_branch, program().file, output))
    if explain:
        from airflow_provider_flows.compiler.explain import explain as table

        say(table(compiled.plan, compiled.graph), nl=False)
        return 0
    if check is not None:
        return difference(compiled.text, check)
    write(compiled.text, output, compiled.package.origins.values())
    return 0


subcommand = FlowCommand("compile", params=[*OPTIONS], callback=run_compile, help=_HELP)


@click.command(
    params=[*OPTIONS, *FLOW_OPTIONS],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Compile the flow in FLOW into an Airflow DAG.",
)
@click.argument("flow", type=click.Path(path_type=Path))
@click.version_option(__version__, prog_name="flows-compile")
@click.pass_context
def command(ctx: click.Context, /, flow: Path, **given: Any) -> int:
    ctx.obj = Program(flow, "flows-compile")
    return run_compile(**given)


def main(arguments: list[str] | None = None) -> None:
    """Run `flows-compile FLOW.py …` and exit with its code."""
    install()
    leave(exit_code(lambda: command.main(arguments, prog_name="flows-compile", standalone_mode=False)))
