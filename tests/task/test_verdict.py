"""How an attempt ended, in words: a traceback that begins in the flow's file, with source lines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from airflow_provider_flows.task.outcome import Outcome

from tests.flow.sources import two_steps
from tests.support.runner import run_flow

OUR_FOLDER = "/airflow_provider_flows/"


def verdict(folder: Path, body: str, before: str = "") -> list[str]:
    """Return the last words of the step `start`, which runs `body` and fails."""
    failed = run_flow(folder, two_steps(body, before)).failed
    assert failed is not None and failed.verdict is not None
    return failed.verdict.splitlines()


def frames(words: list[str]) -> list[str]:
    return [line.strip(" |") for line in words if line.strip(" |").startswith("File ")]


def test_a_failure_begins_with_the_step_and_the_flow_s_own_line(tmp_path: Path) -> None:
    head, begin, frame, source, *_ = verdict(tmp_path, "raise ValueError('no')")
    assert (head, begin) == ("<flow F step start> failed:", "Traceback (most recent call last):")
    assert frame.endswith(", in start") and source.strip() == "raise ValueError('no')"


@pytest.mark.parametrize(
    "body",
    [
        "self.next(self.nowhere)",
        "try:\n    self.next()\nexcept Exception as error:\n    raise ValueError('chained') from error",
        "try:\n    self.next()\nexcept Exception:\n    raise ValueError('in a handler')",
        "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('hides it') from None",
    ],
)
def test_no_frame_of_ours_is_among_them(tmp_path: Path, body: str) -> None:
    words = verdict(tmp_path, body)
    assert frames(words) and not any(OUR_FOLDER in line for line in words)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python has groups of exceptions from 3.11 on")
def test_the_members_of_a_group_begin_in_the_flow_s_file_too(tmp_path: Path) -> None:
    body = """
        found = []
        for wrong in ((), (1, 2)):
            try:
                self.next(*wrong)
            except Exception as error:
                found.append(error)
        raise ExceptionGroup("several", [ExceptionGroup("inner", found), ValueError("never raised")])
    """
    words = verdict(tmp_path, body)
    assert any("several (2 sub-exceptions)" in line for line in words)
    assert frames(words) and not any(OUR_FOLDER in line for line in words)


def test_a_failure_in_a_library_shows_the_way_there(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    shown = frames(verdict(tmp_path, "numpy.linalg.inv(numpy.zeros((2, 2)))", "import numpy"))
    assert shown[0].endswith(", in start") and "numpy" in shown[-1]


def test_an_exception_that_only_looks_like_a_group_is_shown_all_the_same(tmp_path: Path) -> None:
    rude = "class Rude(Exception):\n    @property\n    def exceptions(self): raise KeyError('no')"
    assert "Rude" in verdict(tmp_path, "raise Rude()", rude)[-1]


def test_what_was_caught_is_one_line_and_what_is_well_says_nothing(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("raise ValueError('one\\ntwo')", start="@catch(print_exception=False)"))
    said = "Caught: ValueError: one. The step failed, and the flow continues with what it stored."
    assert Outcome(run.record("start")).verdict == said
    assert Outcome(run.record("end")).verdict is None
