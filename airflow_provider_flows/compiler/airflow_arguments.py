"""Every argument of Airflow's operators and DAGs: what it must be, or why it is not for users. LAUNCH phase.

Airflow finds a wrong argument when it imports the DAG, when it serializes it, or not before a scheduler queues the task
and dies of it; here it is rejected at once, whoever gave it. The names are those of Airflow 3.1 to 3.3, and a test
compares them with the installed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from airflow_provider_flows.compiler.dag_plan import Callback
from airflow_provider_flows.compiler.schedule import parse_schedule, schedule_of
from airflow_provider_flows.compiler.shapes import (
    Shape,
    amount,
    as_list,
    date,
    duration,
    flag,
    import_paths,
    json_object,
    mapping,
    one_of,
    some_of,
    text,
    texts,
    variable,
    variable_value,
    whole,
)
from airflow_provider_flows.contract import LONGEST_ID, LONGEST_TAG
from airflow_provider_flows.decorators.builtin.pod import PodObject
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.graph.wording import suggest

_NAME, _LINE, _PAGE = text(LONGEST_ID), text(2000), text(1 << 20)
_COUNT = whole(1, 1_000_000)
WEIGHT_RULES = ("absolute", "downstream", "upstream")
RUN_TYPES = ("asset_materialization", "asset_triggered", "backfill", "manual", "scheduled")


def _schedule(value: object) -> Any:
    """Cron, a preset or a duration as `--schedule` takes it, or the attributes of `@schedule`."""
    if value is not None and not isinstance(value, (str, Mapping)):
        return duration(1)(value)
    try:
        return parse_schedule(value) if isinstance(value, str) else schedule_of(value)
    except UsageError as error:
        raise ValueError(f"a schedule: {str(error).rstrip('.')}") from None


def _backoff(value: object) -> bool | float:
    """Whether delays double; from Airflow 3.2 on also by how much they grow."""
    if isinstance(value, bool) or (isinstance(value, (int, float)) and 1 <= value <= 100):
        return value
    raise ValueError("true, false, or a number from 1 to 100")


def _link(value: object) -> str:
    link: str = _LINE(value)
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if not (parts.scheme == "mailto" and parts.path) and not (parts.scheme and parts.netloc):
        raise ValueError("a link, such as https://example.com or mailto:team@example.com")
    return link


def _permissions(value: object) -> Any:
    actions = texts(LONGEST_ID)
    return mapping(_NAME, actions)(value) if isinstance(value, Mapping) else as_list(actions(value))


def _dag_callbacks(value: object) -> Any:
    """Import paths, as calls: Airflow itself, which runs a DAG's callbacks, takes no text for one."""
    paths = import_paths(value)
    return [Callback(path) for path in paths] if isinstance(paths, list) else Callback(paths)


def _defaults(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("a JSON object of arguments of operators")
    try:
        return {str(name): operator_argument(name, item) for name, item in value.items()}
    except UsageError as error:
        raise ValueError(f"a JSON object of arguments of operators: {error}") from None


POD = "pod_override"
"""The key of `executor_config` that the KubernetesExecutor reads."""
_PLAIN_CONFIG = json_object({POD: "which is an object of Kubernetes' client. Write @kubernetes above the step"})


def _executor_config(value: object) -> dict[str, Any]:
    """Plain data, and the pod that `@kubernetes` asks for."""
    pods = {POD: value[POD]} if isinstance(value, Mapping) and isinstance(value.get(POD), PodObject) else {}
    rest = {key: item for key, item in value.items() if key not in pods} if isinstance(value, Mapping) else value
    return {**_PLAIN_CONFIG(rest), **pods}


_MOMENTS = ("execute", "failure", "retry", "skipped", "success")
_DOCS = dict.fromkeys(("doc", "doc_md", "doc_json", "doc_yaml", "doc_rst"), _PAGE)

OPERATOR: Mapping[str, Shape] = {
    **dict.fromkeys(("retry_delay", "max_retry_delay"), duration(0)),
    "execution_timeout": duration(1),
    "retries": whole(0, 1_000_000),
    "retry_exponential_backoff": _backoff,
    **dict.fromkeys(("pool_slots", "max_active_tis_per_dag", "max_active_tis_per_dagrun"), _COUNT),
    "priority_weight": whole(-(2**31)),
    "weight_rule": one_of(*WEIGHT_RULES),
    **dict.fromkeys(("pool", "queue", "executor", "run_as_user", "owner", "logger_name"), _NAME),
    "task_display_name": _LINE,
    **dict.fromkeys(("depends_on_past", "ignore_first_depends_on_past", "wait_for_downstream"), flag),
    **dict.fromkeys(("wait_for_past_depends_before_skipping", "email_on_failure", "email_on_retry"), flag),
    **dict.fromkeys((f"on_{moment}_callback" for moment in _MOMENTS), import_paths),
    **_DOCS,
    **dict.fromkeys(("start_date", "end_date"), date),
    "email": texts(LONGEST_ID),
    "executor_config": _executor_config,
    "environment": mapping(variable, variable_value),
    "step_resources": mapping(_NAME, amount),
}
"""What users may give an operator; the last two are our own."""

ONLY_OF_STEPS = frozenset({"environment", "step_resources"})
"""Those that a task which runs no step does not take."""

_OURS = "is set by the compiler and cannot be changed"
_AN_OBJECT = "takes an object, which a DAG file cannot hold"
_NO_TEMPLATES = "is about templates, and compiled DAGs have none of yours"

NOT_OF_USERS: Mapping[str, str] = {
    **dict.fromkeys(("flow", "step", "task_id", "trigger_rule", "map_index_template", "dag", "task_group"), _OURS),
    **dict.fromkeys(("do_xcom_push", "multiple_outputs", "allow_nested_operators"), _OURS),
    **dict.fromkeys(("retry_policy", "inlets", "outlets"), _AN_OBJECT),
    **dict.fromkeys(("pre_execute", "post_execute"), "takes a function. Write a decorator for the step instead"),
    "params": "is set by the compiler from the flow's parameters. Write a Parameter",
    "default_args": "is for DAGs. Give the arguments themselves",
    "resources": "changes nothing in Airflow 3. Write @resources above the step",
    "render_template_as_native_obj": _NO_TEMPLATES,
    "sla": "is gone from Airflow 3",
}
"""Why the others are not theirs."""

DAG: Mapping[str, Shape] = {
    "dag_id": _NAME,
    "dag_display_name": _LINE,
    "schedule": _schedule,
    **dict.fromkeys(("start_date", "end_date"), date),
    **dict.fromkeys(("catchup", "is_paused_upon_creation", "auto_register"), flag),
    **dict.fromkeys(("disable_bundle_versioning", "rerun_with_latest_version"), flag),  # the second from Airflow 3.3 on
    **dict.fromkeys(("max_active_tasks", "max_active_runs"), _COUNT),
    "max_consecutive_failed_dag_runs": whole(0, 1_000_000),
    "dagrun_timeout": duration(1),
    "allowed_run_types": some_of(*RUN_TYPES),  # from Airflow 3.2 on
    "description": _LINE,
    "doc_md": _PAGE,
    "tags": texts(LONGEST_TAG),
    "owner_links": mapping(_NAME, _link),
    "access_control": mapping(_NAME, _permissions),
    **dict.fromkeys(("on_failure_callback", "on_success_callback"), _dag_callbacks),
    "default_args": _defaults,
}
"""What a decorator may ask of the DAG."""

NOT_OF_DECORATORS: Mapping[str, str] = {
    "task_group": _OURS,
    "params": NOT_OF_USERS["params"],
    "fail_fast": "allows no other trigger rule than all_success, and compiled DAGs need others",
    "deadline": _AN_OBJECT,
    "sla_miss_callback": NOT_OF_USERS["sla"],
    **dict.fromkeys(("template_searchpath", "template_undefined", "jinja_environment_kwargs"), _NO_TEMPLATES),
    **dict.fromkeys(("user_defined_macros", "user_defined_filters"), _NO_TEMPLATES),
    "render_template_as_native_obj": _NO_TEMPLATES,
}
"""Why the others are not theirs."""

ADD_UP = frozenset({"tags", *(f"on_{moment}_callback" for moment in _MOMENTS)})
"""Arguments of which those of several decorators all count."""


def operator_argument(name: object, value: object) -> Any:
    """Return the value of an operator's argument as a plan holds it; UsageError, saying what it must be."""
    return _checked("operator", OPERATOR, NOT_OF_USERS, name, value)


def dag_argument(name: object, value: object) -> Any:
    """Return the value of a DAG's argument as a plan holds it; UsageError, saying what it must be."""
    return _checked("DAG", DAG, NOT_OF_DECORATORS, name, value)


def _checked(kind: str, table: Mapping[str, Shape], rejected: Mapping[str, str], name: object, value: object) -> Any:
    if name in rejected:
        raise UsageError(f"{name} {rejected[str(name)]}.")
    if not isinstance(name, str) or name not in table:
        raise UsageError(f"an Airflow {kind} has no argument {name!r}.{_near(str(name), table)}")
    try:
        return table[name](value)
    except ValueError as error:
        raise UsageError(f"{name} must be {error}.") from None


def _near(name: str, known: Iterable[str]) -> str:
    hint = suggest(name, known)
    return f" {hint}" if hint else ""
