"""Which arguments an Airflow operator takes, as far as a command line may set them. LAUNCH phase; imports no Airflow.

Airflow refuses an unknown argument when it imports the DAG, long after the typing mistake was made; here it is refused
at once. The names are those of `BaseOperator` in Airflow 3.1 to 3.3.
"""

from __future__ import annotations

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.graph.wording import suggest

DURATIONS = frozenset({"retry_delay", "execution_timeout", "max_retry_delay"})
_COUNTS = frozenset({"retries", "pool_slots", "max_active_tis_per_dag", "max_active_tis_per_dagrun"})
_NUMBERS = frozenset({*_COUNTS, "priority_weight"})
_TEXTS = frozenset(
    {"pool", "queue", "owner", "executor", "run_as_user", "task_display_name", "weight_rule", "logger_name"}
)
_FLAGS = frozenset(
    {
        *("depends_on_past", "ignore_first_depends_on_past", "wait_for_downstream"),
        *("wait_for_past_depends_before_skipping", "email_on_failure", "email_on_retry", "do_xcom_push"),
    }
)
_CALLBACKS = frozenset(f"on_{moment}_callback" for moment in ("execute", "failure", "retry", "skipped", "success"))
_ANYTHING = frozenset({"email", "executor_config", "retry_exponential_backoff", "environment", "doc_md"})
_RULES = frozenset(
    {
        *(
            "all_success",
            "all_failed",
            "all_done",
            "all_done_min_one_success",
            "all_skipped",
            "one_success",
            "one_failed",
        ),
        *("one_done", "none_failed", "none_skipped", "none_failed_min_one_success"),
    }
)
ARGUMENTS = frozenset({*DURATIONS, *_NUMBERS, *_TEXTS, *_FLAGS, *_CALLBACKS, *_ANYTHING, "trigger_rule"})


def check_argument(key: str, value: object, where: str) -> None:
    """UsageError, naming `where` it was given, for an argument that no operator takes or a value that it cannot use."""
    if key not in ARGUMENTS:
        hint = suggest(key, ARGUMENTS)
        raise UsageError(f"{where}: an Airflow operator has no argument {key!r}.{' ' + hint if hint else ''}")
    whole = isinstance(value, int) and not isinstance(value, bool)
    if key in _NUMBERS and not whole:
        raise UsageError(f"{where}: {key} is a whole number.")
    if key in _COUNTS and isinstance(value, int) and value < (0 if key == "retries" else 1):
        raise UsageError(f"{where}: {key} is {'0' if key == 'retries' else '1'} or more.")
    if key in _TEXTS and not (isinstance(value, str) and value):
        raise UsageError(f"{where}: {key} is a text.")
    if key in _FLAGS and not isinstance(value, bool):
        raise UsageError(f"{where}: {key} is true or false.")
    if key == "trigger_rule" and value not in _RULES:
        raise UsageError(f"{where}: there is no trigger rule {value!r}. {suggest(str(value), _RULES) or ''}".rstrip())
