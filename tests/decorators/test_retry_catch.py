"""How often a step is tried, and what @catch leaves of one that failed for good."""

from __future__ import annotations

import pickle
import textwrap
from pathlib import Path

import pytest
from airflow_provider_flows.errors import ExceptionWrapper, InvalidFlow

from tests.flow.sources import flow, two_steps
from tests.support.runner import run_flow

FAIL = "raise ValueError('always')"


@pytest.mark.parametrize(
    ("static", "specs", "attempts"),
    [
        ("", (), 1),
        ("@retry", (), 4),
        ("@retry()", (), 4),
        ("@retry(times=1)", (), 2),
        ("@retry(times='2')", (), 3),
        ("@retry(times=0)", (), 1),
        ("@retry(times=4)", (), 5),
        ("", ("retry",), 4),
        ("", ("retry:times=1",), 2),
        ("", ("retry:times=1", "retry:times=3"), 2),
        ("@retry(times=1)", ("retry:times=4",), 2),
        ("@retry(times=0)", ("retry",), 1),
    ],
)
def test_a_step_is_tried_once_more_than_it_is_retried(
    tmp_path: Path, static: str, specs: tuple[str, ...], attempts: int
) -> None:
    run = run_flow(tmp_path, two_steps(FAIL, start=static), specs=specs)
    assert run.failed is not None and run.attempts == {"start": attempts}


@pytest.mark.parametrize(
    ("static", "attempts"), [("@catch", 1), ("@catch\n@retry(times=2)", 3), ("@retry(times=2)\n@catch()", 3)]
)
def test_an_exception_is_caught_in_the_last_user_attempt(tmp_path: Path, static: str, attempts: int) -> None:
    run = run_flow(tmp_path, two_steps(FAIL, start=static))
    assert run.attempts["start"] == attempts
    assert (run.record("start").outcome, run.record("start").retry_count) == ("caught", attempts - 1)
    assert run.reached("end")


@pytest.mark.parametrize("static", ["@catch(var='oops')", "@catch(var='oops')\n@retry(times=2)"])
def test_a_death_of_the_process_is_caught_in_one_more_attempt(tmp_path: Path, static: str) -> None:
    run = run_flow(tmp_path, two_steps("self.v = 1\nraise SystemExit(1)", start=static))
    tries = 3 if "retry" in static else 1
    assert run.attempts["start"] == tries + 1
    assert f"kept failing over {tries} attempts" in run("end", "oops").exception
    assert run("end", "oops").type.endswith("FailureHandledByCatch")
    assert "v" not in run.artifacts("end")


def test_a_fallback_attempt_runs_no_user_code_and_keeps_the_parents_artifacts(tmp_path: Path) -> None:
    body = """
def start(self):
    self.kept = 1
    self.next(self.mid)
@catch(var='oops')
@step
def mid(self):
    open(TRACE, 'a').write('x')
    raise SystemExit(1)
    self.next(self.end)
def end(self): pass
"""
    trace = tmp_path / "trace"
    run = run_flow(tmp_path, flow(body, f"TRACE = {str(trace)!r}"))
    assert (run("end", "kept"), trace.read_text()) == (1, "x")


def test_artifacts_from_before_the_exception_survive(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps(f"self.a = 1\n{FAIL}\nself.b = 2", start="@catch(var='oops')"))
    assert set(run.artifacts("end")) == {"name", "a", "oops"}


def test_the_variable_is_none_when_all_went_well(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("pass", start="@catch(var='oops')"))
    assert run("end", "oops") is None
    assert run.record("start").outcome == "ok"


def test_what_is_caught_are_the_words_of_the_exception(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps(FAIL, start="@catch(var='oops')"))
    oops = run("end", "oops")
    assert isinstance(oops, ExceptionWrapper)
    assert (oops.exception, oops.type) == ("always", "builtins.ValueError")
    assert oops.stacktrace.rstrip().endswith("ValueError: always") and "airflow_provider_flows" not in oops.stacktrace
    assert str(oops) == oops.stacktrace and bool(oops)
    again = pickle.loads(pickle.dumps(oops))
    assert again.__dict__ == oops.__dict__
    assert str(ExceptionWrapper(KeyError("k"))) == "[no stacktrace]\nbuiltins.KeyError: 'k'"


@pytest.mark.parametrize(("option", "printed"), [("", True), ("print_exception=False", False)])
def test_a_caught_exception_is_printed_unless_told_not_to(
    tmp_path: Path, option: str, printed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    run_flow(tmp_path, two_steps(FAIL, start=f"@catch({option})"))
    out = capsys.readouterr().out
    assert ("@catch caught an exception from <flow F step start>" in out, "ValueError: always" in out) == (printed,) * 2


def test_start_end_and_joins_can_be_caught(tmp_path: Path) -> None:
    body = """
@catch(var='one')
@step
def start(self):
    raise ValueError(1)
    self.next(self.a, self.b)
def a(self): self.next(self.join)
def b(self): self.next(self.join)
@catch(var='two')
@step
def join(self, inputs):
    self.one = inputs.a.one
    self.items = 1 / 0
    self.next(self.end)
@catch(var='three')
@step
def end(self): raise KeyError(3)
"""
    run = run_flow(tmp_path, flow(body))
    assert [run("end", name).type.rpartition(".")[2] for name in ("one", "two", "three")] == [
        "ValueError",
        "ZeroDivisionError",
        "KeyError",
    ]


def test_one_item_of_a_foreach_is_caught_alone(tmp_path: Path) -> None:
    body = """
def start(self):
    self.xs = [1, 0]
    self.next(self.body, foreach='xs')
@catch(var='oops', print_exception=False)
@retry(times=1)
@step
def body(self):
    self.got = 1 / self.input
    self.next(self.join)
def join(self, inputs):
    self.got = [(getattr(i, 'got', None), i.oops and i.oops.type) for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body))
    assert run("end", "got") == [(1.0, None), (None, "builtins.ZeroDivisionError")]
    assert (run.attempts["body-0"], run.attempts["body-1"]) == (1, 2)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("self.next(self.a, foreach='xs')", "@catch is not supported in foreach split steps"),
        ("self.next({1: self.a, 2: self.b}, condition='xs')", "@catch is not supported in conditional switch steps"),
    ],
)
def test_catch_is_rejected_where_it_cannot_know_what_comes_next(tmp_path: Path, end: str, words: str) -> None:
    rest = "def a(self): self.next(self.join)\ndef join(self, inputs): self.next(self.end)"
    if "condition" in end:
        rest = "def a(self): self.next(self.end)\ndef b(self): self.next(self.end)"
    body = f"def start(self):\n    self.xs = 1\n    {end}\n{rest}\ndef end(self): pass"
    with pytest.raises(InvalidFlow) as error:
        run_flow(tmp_path, flow(body.replace("def start", "@catch\n@step\ndef start", 1)))
    assert words in str(error.value) and ".py:" in str(error.value) and "@catch\n" in str(error.value)
    with pytest.raises(InvalidFlow, match="@catch is defined for the step 'start'"):
        run_flow(tmp_path, flow(body), specs=("catch",))


def test_what_several_decorators_complain_about_is_told_at_once(tmp_path: Path) -> None:
    body = """
    @retry(times=5)
    @timeout
    @step
    def start(self): self.next(self.mid)
    @environment(vars=3)
    @step
    def mid(self): self.next(self.end)
    @retry(times='many')
    @step
    def end(self): pass
    """
    with pytest.raises(InvalidFlow) as error:
        run_flow(tmp_path, flow(textwrap.dedent(body), above="@project(name='Not OK')"))
    problems = error.value.problems
    assert sorted(problem.line or 0 for problem in problems) == [5, 7, 8, 11, 14]
    text = str(error.value)
    for words in ("retries 5 times, and @retry allows 0 to 4", "Specify a duration", "must be a dictionary"):
        assert words in text


@pytest.mark.parametrize(
    ("static", "words"),
    [
        ("@retry(times=-1)", "retries -1 times"),
        ("@retry(minutes_between_retries=-1)", "must not be negative"),
        ("@retry(minutes_between_retries=float('inf'))", "must be numbers"),
        ("@retry(minutes_between_retries=float('nan'))", "must be numbers"),
        ("@timeout(seconds=0)", "Specify a duration"),
        ("@timeout(seconds=-1)", "Specify a duration"),
        ("@timeout(seconds='soon')", "must be numbers"),
        ("@timeout(seconds=float('inf'))", "must be numbers"),
        ("@timeout(seconds=float('nan'))", "must be numbers"),
        ("@environment(vars={'A=B': 1})", "cannot be an environment variable"),
        ("@environment(vars={'A': chr(0)})", "cannot be an environment variable"),
        ("@environment(vars={'': 1})", "cannot be an environment variable"),
        ("@environment(vars=None)", "must be a dictionary"),
        ("@catch(var='start')", "var"),
        ("@catch(var=5)", "var"),
    ],
)
def test_a_decorator_rejects_values_that_it_cannot_use(tmp_path: Path, static: str, words: str) -> None:
    with pytest.raises(InvalidFlow, match=words):
        run_flow(tmp_path, two_steps("pass", start=static))


@pytest.mark.parametrize(
    ("static", "words"),
    [
        ("@retry(time=3)", r"does not support the attribute 'time'"),
        ("@retry(3)", r"takes named attributes only, not 3"),
        ("@retry\n@retry", r"has @retry twice"),
        ("@catch('var')", r"takes named attributes only, not 'var'"),
    ],
)
def test_a_decorator_is_rejected_at_its_own_line(tmp_path: Path, static: str, words: str) -> None:
    with pytest.raises(InvalidFlow, match=words) as error:
        run_flow(tmp_path, two_steps("pass", start=static))
    problem = error.value.problems[0]
    assert problem.line == 7 and problem.source_line and problem.source_line.strip().startswith("@")


@pytest.mark.parametrize("decorator", ["retry", "catch(var='x')", "timeout(seconds=1)"])
def test_a_step_decorator_below_step_is_rejected(tmp_path: Path, decorator: str) -> None:
    with pytest.raises(InvalidFlow, match="is applied to something that is not a step"):
        run_flow(tmp_path, two_steps("pass").replace("    @step\n", f"    @step\n    @{decorator}\n", 1))


HOOKS = """
from airflow_provider_flows.decorators.attach import step_decorator
from airflow_provider_flows import StepDecorator
class Broken(StepDecorator):
    name = 'broken'
    defaults = {'where': None}
    def task_pre_step(self, *_):
        if self.attributes['where'] == 'pre': raise ValueError('pre')
    def task_post_step(self, *_):
        if self.attributes['where'] == 'post': raise ValueError('post')
    def task_decorate(self, step_func, *_):
        if self.attributes['where'] == 'decorate': raise ValueError('decorate')
        return step_func
broken = step_decorator(Broken)
"""


@pytest.mark.parametrize("where", ["pre", "post", "decorate"])
@pytest.mark.parametrize("order", ["@catch(var='oops')\n{}", "{}\n@catch(var='oops')"])
def test_what_a_hook_raises_is_caught_too(tmp_path: Path, where: str, order: str) -> None:
    source = two_steps("self.ran = 1", before=HOOKS, start=order.format(f"@broken(where='{where}')"))
    assert run_flow(tmp_path, source)("end", "oops").exception == where


def test_a_wrong_transition_is_caught_as_well(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("self.v = 1\nreturn", start="@catch(var='oops')"))
    assert run("end", "oops").type.endswith("InvalidNextException") and run("end", "v") == 1


class TestTimeout:
    def test_ends_an_attempt_that_takes_too_long(self, tmp_path: Path) -> None:
        run = run_flow(tmp_path, two_steps("import time; time.sleep(20)", start="@timeout(seconds=1)"))
        assert run.failed and "timed out after 1 seconds" in str(run.failed.exception)

    def test_cannot_be_swallowed_by_except_exception(self, tmp_path: Path) -> None:
        body = "import time\ntry: time.sleep(20)\nexcept Exception: self.swallowed = 1"
        run = run_flow(tmp_path, two_steps(body, start="@timeout(seconds=1)"))
        assert run.failed is not None and "swallowed" not in run.artifacts("start")

    def test_is_for_each_attempt_and_is_caught(self, tmp_path: Path) -> None:
        body = "import time\nself.tried = current.retry_count\ntime.sleep(20)"
        start = "@retry(times=1)\n@timeout(seconds=1)\n@catch(var='oops')"
        run = run_flow(tmp_path, two_steps(body, start=start))
        assert (run.attempts["start"], run("end", "tried")) == (2, 1)
        assert run("end", "oops").type.endswith(".TimeoutException")

    def test_is_over_when_the_step_is(self, tmp_path: Path) -> None:
        body = "pass"
        source = flow(
            f"@timeout(seconds=1)\n@step\ndef start(self):\n    {body}\n    self.next(self.end)\n"
            "def end(self):\n    import time, signal\n    time.sleep(1.2)\n"
            "    self.alarm = signal.getitimer(signal.ITIMER_REAL)[0]"
        )
        assert run_flow(tmp_path, source)("end", "alarm") == 0
