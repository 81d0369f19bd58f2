"""Users may change their tags of a run, and no others; nobody's change is lost."""

from __future__ import annotations

from threading import Thread

import pytest
from airflow_provider_flows.client import Flow, Run, namespace
from airflow_provider_flows.errors import TaggingError


@pytest.fixture
def run(write) -> Run:
    write("1", tags=["a"], system_tags=["user:me", "runtime:local"], parameters={"alpha": 1}).succeed()
    return Run("TrainFlow/1")


def test_tags_are_added_and_removed_and_the_object_sees_it_at_once(run) -> None:
    run.add_tag("b")
    assert run.user_tags == Run("TrainFlow/1").user_tags == run["end"].user_tags == {"a", "b"}
    run.add_tags(["c", "d"])
    run.remove_tag("a")
    run.remove_tags(["b", "not there"])
    assert run.user_tags == {"c", "d"}
    run.replace_tag("c", "e")
    run.replace_tags(["d", "e"], ["f"])
    assert run.user_tags == {"f"} and run.tags == {"f", "user:me", "runtime:local"}


def test_an_object_shows_its_own_change_whatever_others_change_meanwhile(run) -> None:
    run.add_tag("mine")
    Run("TrainFlow/1").replace_tags(["mine"], ["theirs"])
    assert run.user_tags == {"a", "mine"} and Run("TrainFlow/1").user_tags == {"a", "theirs"}


def test_runs_are_found_by_the_tags_they_have_now(run) -> None:
    run.replace_tag("a", "good")
    assert [one.id for one in Flow("TrainFlow").runs("good")] == ["1"] and list(Flow("TrainFlow").runs("a")) == []
    namespace("good")
    assert Run("TrainFlow/1").successful


def test_removal_comes_first(run) -> None:
    run.replace_tags(["a"], ["a"])
    assert run.user_tags == {"a"}


def test_nothing_else_of_the_record_changes(run, store) -> None:
    before = store.read_run("TrainFlow", "1")
    run.add_tag("b")
    assert store.read_run("TrainFlow", "1") == {**before, "tags": ["a", "b"]}


def test_several_tags_may_be_given_where_one_is_meant(run) -> None:
    run.add_tag(["b", "c"])
    run.replace_tag(["a", "b"], "d")
    run.remove_tag(("c",))
    assert run.user_tags == {"d"}


def test_tags_of_the_system_stay(run) -> None:
    with pytest.raises(TaggingError, match="'user:me': tags of the system cannot be removed"):
        run.remove_tags(["a", "user:me"])
    run.add_tags(["user:me", "b"])
    assert run.user_tags == {"a", "b"} and run.system_tags == {"user:me", "runtime:local"}


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("", "cannot be empty"),
        ("x" * 501, "up to 500 characters, and 'x+'… has 501"),
        (b"a", "of type bytes"),
        (1, "takes a list of tags"),
        ([1], "of type int"),
        ("\ud800", "cannot be a tag"),
    ],
)
def test_a_tag_is_text_of_some_length(run, tag, words) -> None:
    with pytest.raises(TaggingError, match=words):
        run.add_tag(tag)
    assert run.user_tags == {"a"}


def test_a_list_of_tags_is_not_a_text(run) -> None:
    with pytest.raises(TaggingError, match=r"tags_to_add takes a list of tags, not 'abc'. Write \['abc'\]"):
        run.add_tags("abc")
    with pytest.raises(TaggingError, match="tags_to_remove takes a list"):
        run.remove_tags("abc")


def test_something_must_change(run) -> None:
    with pytest.raises(TaggingError, match="no tag to add and none to remove"):
        run.add_tags([])


def test_a_run_has_up_to_50_tags(run) -> None:
    run.add_tags([f"t{number}" for number in range(49)])
    with pytest.raises(TaggingError, match="would have 51 tags, and 50 are allowed"):
        run.add_tag("one more")
    run.replace_tag("t0", "one more")
    assert len(run.user_tags) == 50


def test_too_many_tags_can_be_made_fewer(write) -> None:
    write("1", tags=[f"t{number}" for number in range(60)]).succeed()
    run = Run("TrainFlow/1")
    run.replace_tags(["t0", "t1"], ["x"])
    assert len(run.user_tags) == 59


def test_changes_at_the_same_time_are_all_kept(run) -> None:
    threads = [Thread(target=Run("TrainFlow/1").add_tag, args=(f"t{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.user_tags == {"a", *(f"t{number}" for number in range(12))}


def test_a_run_without_a_record_can_be_tagged(write) -> None:
    writer = write("1")
    writer.run = "2"
    writer.succeed(x=1)
    run = Run("TrainFlow/2")
    run.add_tag("a")
    assert run.user_tags == {"a"} and run.successful
