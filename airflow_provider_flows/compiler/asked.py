"""What decorators ask of Airflow's operators and of the DAG, checked. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from airflow_provider_flows.compiler.airflow_arguments import ADD_UP, dag_argument, operator_argument
from airflow_provider_flows.compiler.shapes import as_list
from airflow_provider_flows.errors import FlowsError, InvalidFlow, UsageError, words_of
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.flow.tracebacks import raised_at

Check = Callable[[object, object], Any]


def asked_of_operator(step: StepAttachments) -> dict[str, Any]:
    """Return the operator arguments that a step's decorators ask for; of two that want one thing, the outer one wins.

    Callbacks add up. InvalidFlow, at the decorator's line, for what is not theirs to ask or not what it must be.
    """
    return _asked(step.decorators, "operator_arguments", operator_argument)


def asked_of_dag(decorators: Iterable[Any], decided: Collection[str] = ()) -> dict[str, Any]:
    """Return the arguments of the DAG that a flow's decorators ask for; of two that want one thing, the last one wins.

    Tags and callbacks add up; those that are `decided` elsewhere are not looked at. InvalidFlow, as above.
    """
    return _asked(decorators, "dag_arguments", dag_argument, decided)


def _asked(decorators: Iterable[Any], method: str, check: Check, decided: Collection[str] = ()) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for decorator in decorators:
        for key, value in _answer(decorator, method).items():
            if key in decided:
                continue
            try:
                found = check(key, value)
            except UsageError as error:
                raise InvalidFlow([decorator.problem(f"{method} of @{decorator.name}: {error}")]) from error
            asked[key] = [*as_list(asked[key]), *as_list(found)] if key in ADD_UP and key in asked else found
    return asked


def _answer(decorator: Any, method: str) -> Mapping[Any, Any]:
    try:
        return dict(getattr(decorator, method)())
    except FlowsError:
        raise
    except Exception as error:
        what = f"{method} of @{decorator.name} failed: {words_of(error)}"
        raise InvalidFlow([decorator.problem(what, f"It was raised at {raised_at(error)}.")]) from error
