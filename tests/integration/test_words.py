"""Values and words: parameters as they arrive, text as it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.deployment import FlowAirflow
from tests.rest import RestError

pytestmark = pytest.mark.services

HOSTILE = "{{ 1 + 1 }}\n'\"`\\ \u202e {% raise %}"


def test_parameters_arrive_with_their_defaults(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ParamsFlow", count=3)
    assert parameters(run) == {
        "text": "plain",
        "count": 3,
        "ratio": 0.5,
        "flag": False,
        "data": {"a": [1, None]},
        "many": (1, 2),
        "words": ["a", "b"],
        "dashed": "dashed",
        "notes": "Line one\nline {{ two }}\n",
    }


def test_parameters_arrive_as_they_were_given(airflow: FlowAirflow) -> None:
    given = {
        "text": HOSTILE,
        "count": -7,
        "ratio": 2,
        "flag": True,
        "data": [1, {"b": HOSTILE}],
        "many": [3],
        "words": "x,y",
    }
    run = airflow.run_flow("ParamsFlow", **given, **{"dash-ed": "{{ var.value.x }}"})
    found = parameters(run)
    assert found == {**given, "words": ["x", "y"], "many": (3,), "dashed": "{{ var.value.x }}", "notes": found["notes"]}
    assert isinstance(found["ratio"], float)


def parameters(run: Any) -> dict[str, Any]:
    names = ("text", "count", "ratio", "flag", "data", "many", "words", "dashed", "notes")
    return {name: run.value("end", name) for name in names}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"count": "many"},
        {"count": 1.5},
        {"count": 1, "flag": "yes"},
        {"count": 1, "many": "x"},
        {"count": 1, "ratio": "x"},
    ],
    ids=str,
)
def test_wrong_parameters_are_rejected_by_the_api(airflow: FlowAirflow, wrong: dict[str, Any]) -> None:
    with pytest.raises(RestError) as caught:
        airflow.start_flow("ParamsFlow", **wrong)
    assert caught.value.status in (400, 422)


def test_what_cannot_be_read_fails_once_and_says_why_in_the_record_and_in_both_logs(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ParamsFlow", count=1, notes="/etc/hostname")
    assert (run.tries("start"), run.outcomes("start")) == (["failed"], ["failed"])
    why = "the file '/etc/hostname' could not be read: it is not among the files that travel with the flow"
    exception = run.attempts("start")[0].exception
    assert exception is not None and why in exception["message"]
    assert any(why in text for _, text in run.printed("start")) and why in run.log("start")


def test_a_key_that_is_no_parameter_fails_the_first_step_before_user_code(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ParamsFlow", count=3, dash_ed="x", openlineage={})
    assert run.wait() == "failed" and run.states["start"] == "failed" and run.attempts("start") == []
    assert "Did you mean 'dash-ed' for 'dash_ed'?" in run.log("start") and "openlineage" not in run.log("start")


def test_any_text_is_shown_as_it_is_and_never_rendered(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("WordsFlow")
    labels = run.labels("say")
    assert labels[0] == "item={{ 1 + 1 }}"
    assert labels[6] == "item={% raise %}"
    assert labels[8:] == ["item=None", "item={'a': [1]}"]
    assert all(label and len(label) <= 250 and label.isprintable() for label in labels)
    assert run.value("start", "word") == "{{ 1 + 1 }}"
    assert run.value("join", "said")[:4] == ["{{ 1 + 1 }}", "two\nlines", "\u202egnp.exe", "nul\0"]


def test_prints_logs_and_tracebacks_are_in_the_task_s_log(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("WordsFlow")
    log = run.log("start")
    assert "printed {{ 2 + 2 }}" in log
    assert "logged" in log
    failure = run.log("fail")
    assert "no such word" in failure
    frames = [line for line in failure.splitlines() if line.startswith("  File ")]
    assert frames and all('words_flow.py"' in line for line in frames)
    assert "LookupError: no such word\nat all {{ 3 }}" in failure
    assert "airflow_provider_flows/task" not in failure
    assert "airflow_provider_flows/decorators" not in failure


@pytest.mark.parametrize("path", ["/proc/self/environ", "/dev/zero", "../../../../../../etc/passwd"])
def test_a_run_reads_no_file_of_the_worker(airflow: FlowAirflow, path: str) -> None:
    run = airflow.start_flow("ParamsFlow", count=3, notes=path)
    assert run.wait() == "failed" and [record.artifacts for record in run.attempts("start")] == [{}]
    assert f"the file '{path}' could not be read: it is not among the files that travel" in run.log("start")
