"""A namespace shows the runs that have it among their tags."""

from __future__ import annotations

import pytest
from airflow_provider_flows.client import (
    DataArtifact,
    Flow,
    Metaflow,
    Run,
    Step,
    Task,
    default_namespace,
    get_namespace,
    namespace,
)
from airflow_provider_flows.errors import NamespaceMismatch
from airflow_provider_flows.flow.current import current

from .conftest import USER_VARIABLES

THEIRS = {"user": "you", "system_tags": ["user:you"]}
AIRFLOWS = {"user": "admin", "tags": ["nightly"], "system_tags": ["production:TrainFlow", "runtime:airflow"]}


def ids(objects) -> list[str]:
    return [one.id for one in objects]


def test_the_default_is_the_users_own() -> None:
    assert get_namespace() == "user:me"
    assert namespace("x") == get_namespace() == "x"
    assert namespace(None) is None and get_namespace() is None
    assert default_namespace() == get_namespace() == "user:me"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"USER": "a"}, "user:a"),
        ({"USER": "a", "METAFLOW_USER": "b", "FLOWS_USER": "c"}, "user:c"),
        ({"USER": "root", "SUDO_USER": "a"}, "user:a"),
        ({"USER": "a", "METAFLOW_PRODUCTION_TOKEN": "t"}, "production:t"),
        ({"METAFLOW_PRODUCTION_TOKEN": "t", "FLOWS_PRODUCTION_TOKEN": "u"}, "production:u"),
    ],
)
def test_the_environment_says_who_the_user_is(monkeypatch, variables, expected) -> None:
    for name in USER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert get_namespace() == expected


def test_root_has_a_namespace_too(monkeypatch) -> None:
    monkeypatch.setenv("FLOWS_USER", "root")
    monkeypatch.setattr("airflow_provider_flows.flow.user._account", lambda: "root")
    assert get_namespace() == "user:root"


def test_without_any_name_everything_is_shown(monkeypatch, write) -> None:
    monkeypatch.delenv("FLOWS_USER")
    monkeypatch.setattr("airflow_provider_flows.flow.user._account", lambda: None)
    write("1", **THEIRS).succeed()
    assert get_namespace() is None and Run("TrainFlow/1").successful


def test_what_is_in_another_namespace_is_rejected_with_the_way_to_see_it(write) -> None:
    write("1", **THEIRS).succeed(x=1)
    for kind, below in ((Run, ""), (Step, "/end"), (Task, "/end/end"), (DataArtifact, "/end/end/x")):
        with pytest.raises(NamespaceMismatch, match=r"namespace\('user:you'\) shows it"):
            kind(f"TrainFlow/1{below}")
        assert kind(f"TrainFlow/1{below}", _namespace_check=False).id
    namespace("user:you")
    assert Run("TrainFlow/1").data.x == 1


def test_a_flow_is_visible_when_any_of_its_runs_is(write) -> None:
    write("1", **THEIRS).succeed()
    with pytest.raises(NamespaceMismatch):
        Flow("TrainFlow")
    assert list(Metaflow()) == [] and "TrainFlow" not in Metaflow()
    with pytest.raises(NamespaceMismatch):
        Metaflow()["TrainFlow"]
    write("2").succeed()
    write("3", **THEIRS).succeed()
    flow = Flow("TrainFlow")
    assert ids(flow) == ["2"] and flow.latest_run.id == flow.latest_successful_run.id == "2"
    assert "1" not in flow and "2" in flow
    with pytest.raises(NamespaceMismatch):
        flow["1"]


def test_the_global_namespace_shows_everything(write, everything) -> None:
    write("1").succeed()
    write("2", **THEIRS).succeed()
    assert ids(Flow("TrainFlow")) == ["2", "1"] and Flow("TrainFlow").latest_successful_run.id == "2"


def test_any_tag_is_a_namespace(write) -> None:
    write("1", tags=["a"]).succeed()
    write("2", **AIRFLOWS).succeed()
    for ns, run in (("a", "1"), ("nightly", "2"), ("production:TrainFlow", "2"), ("runtime:airflow", "2")):
        namespace(ns)
        assert ids(Flow("TrainFlow")) == [run]


def test_runs_on_airflow_are_in_every_users_namespace(write) -> None:
    write("1", **AIRFLOWS).succeed(x=1)
    assert Run("TrainFlow/1").data.x == 1 and Flow("TrainFlow").latest_successful_run.id == "1"
    namespace("production:OtherFlow")
    with pytest.raises(NamespaceMismatch):
        Run("TrainFlow/1")


def test_a_run_that_says_only_its_user_is_that_users(write) -> None:
    write("1", user="you", system_tags=[]).succeed()
    with pytest.raises(NamespaceMismatch):
        Run("TrainFlow/1")


def test_an_object_keeps_the_namespace_it_was_made_in(write) -> None:
    write("1").succeed()
    write("2", **THEIRS).succeed()
    flow = Flow("TrainFlow")
    namespace("user:you")
    assert ids(flow) == ["1"] and flow.latest_run.is_in_namespace()


def test_inside_a_step_the_namespace_is_the_runs() -> None:
    with current._running({"step_name": "fit", "namespace": "production:TrainFlow"}):
        assert get_namespace() == "production:TrainFlow"
    assert get_namespace() == "user:me"
