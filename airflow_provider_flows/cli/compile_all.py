"""Compile several flows in one process, each as if it were alone, and report the problems of all. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from airflow_provider_flows.cli.branch import options_in, require_said
from airflow_provider_flows.cli.exits import WRONG
from airflow_provider_flows.cli.flow import stdout_kept
from airflow_provider_flows.cli.flow_files import FlowFile
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.compiler.compile import Compiled, compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import FlowsError, NoFlow, UsageError


def compile_all(
    flows: Sequence[FlowFile], options: CompileOptions, checked: Mapping[FlowFile, Path]
) -> tuple[dict[FlowFile, Compiled], int]:
    """Return those that can be compiled, and WRONG where others cannot; why is said on stderr, of one alone raised.

    `checked` are the DAG files that the flows are compared with, if they are. A file that came from a folder, and has
    no flow after all, is passed over.
    """
    compiled: dict[FlowFile, Compiled] = {}
    wrong: list[str] = []
    for flow in flows:
        try:
            compiled[flow] = _compiled(flow, options, checked.get(flow))
        except NoFlow as error:
            if flow.named:
                if len(flows) == 1:
                    raise
                wrong.append(_naming(flow, error))
        except FlowsError as error:
            if len(flows) == 1:
                raise
            wrong.append(_naming(flow, error))
    wrong += _same_ids(compiled)
    for text in wrong:
        say(text, err=True)
    if not compiled and not wrong:
        raise UsageError("None of the given files and folders has a flow.")
    return compiled, WRONG if wrong else 0


def _compiled(flow: FlowFile, options: CompileOptions, checked: Path | None) -> Compiled:
    user = None if checked is None else options_in(checked).get("user")
    with stdout_kept():
        compiled = compile_flow(replace(options, file=flow.path, launch=replace(options.launch, user=user)))
    if checked is not None and compiled.users_branch is not None:
        require_said(compiled.users_branch, checked)
    return compiled


def _naming(flow: FlowFile, error: FlowsError) -> str:
    """Return the error's text, with the flow's file in front where that does not say it."""
    text = str(error)
    return text if flow.path.name in text else f"{flow.path}: {text}"


def _same_ids(compiled: Mapping[FlowFile, Compiled]) -> list[str]:
    """Return why Airflow would take only one of several DAGs."""
    wrong, first = [], dict[str, FlowFile]()
    for flow, each in compiled.items():
        other = first.setdefault(each.plan.dag_id, flow)
        if other is not flow:
            wrong.append(
                f"{other.path} and {flow.path}: both are the DAG {each.plan.dag_id}, and Airflow takes one of them. "
                "Rename a class, or compile one of the files by itself with --dag-id."
            )
    return wrong
