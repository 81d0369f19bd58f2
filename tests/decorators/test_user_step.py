"""What the yield of a step decorator means, and what comes back from it: each row of the protocol's table."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import InvalidFlow

from tests.decorators.authors import decorated, decorator
from tests.flow.sources import flow
from tests.support.runner import Run, run_flow

RAN = ("pre", "step", "post")


def log_of(run: Run, step: str = "start") -> tuple[str, ...]:
    return tuple(run(step, "log"))


def test_a_bare_yield_runs_the_step_and_the_rest_after_it(tmp_path: Path) -> None:
    for line in ("yield", "yield None"):
        run = run_flow(tmp_path, decorated(line))
        assert (run.failed, log_of(run), run.reached("end")) == (None, RAN, True)


@pytest.mark.parametrize("line", ["yield {}", "yield USER_SKIP_STEP"])
def test_an_empty_dictionary_skips_the_step_and_goes_where_it_would_have_gone(tmp_path: Path, line: str) -> None:
    run = run_flow(tmp_path, decorated(line))
    assert (run.failed, log_of(run), run.reached("end")) == (None, ("pre", "post"), True)


def test_what_is_skipped_are_the_inner_decorators_too(tmp_path: Path) -> None:
    outer, inner = decorator("yield {}", "outer"), decorator("yield", "inner")
    run = run_flow(tmp_path, decorated("", above="@outer\n@inner", before=outer + inner))
    assert log_of(run) == ("pre outer", "post outer")


SPLIT = """
{above}
@step
def start(self):
    self.xs, self.ys = [1, 2, 3], [7]
    self.next(self.body, foreach="xs")
def body(self):
    self.got = self.input
    self.next(self.join)
def join(self, inputs):
    self.got = [each.got for each in inputs]
    self.next(self.end)
def end(self): pass
"""


def test_a_skipped_foreach_splits_over_its_own_artifact(tmp_path: Path) -> None:
    before = decorator("flow.xs = 'ab'\n    yield {}")
    run = run_flow(tmp_path, flow(SPLIT.format(above="@deco"), before))
    assert run("join", "got") == ["a", "b"]


def test_a_dictionary_skips_with_other_keywords_of_next(tmp_path: Path) -> None:
    before = decorator("flow.alt = 'xyz'\n    yield {'foreach': 'alt'}")
    run = run_flow(tmp_path, flow(SPLIT.format(above="@deco"), before))
    assert run("join", "got") == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [("None", "nothing"), ("False", "nothing"), ("{}", "nothing"), ("True", "the step's own next")],
)
def test_a_function_replaces_the_step_and_the_flow_goes_on(tmp_path: Path, answer: str, meaning: str) -> None:
    line = f"yield lambda flow: (flow.log.append('instead'), {answer})[1]"
    run = run_flow(tmp_path, decorated(line))
    assert (run.failed, log_of(run), run.reached("end")) == (None, ("pre", "instead", "post"), True), meaning


def test_a_function_that_calls_next_itself_is_left_alone(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("yield lambda flow: flow.next(flow.end)"))
    assert (run.failed, log_of(run)) == (None, ("pre", "post"))


def test_a_function_may_return_keywords_of_next(tmp_path: Path) -> None:
    before = decorator("flow.alt = 'xyz'\n    yield lambda flow: {'foreach': 'alt'}")
    run = run_flow(tmp_path, flow(SPLIT.format(above="@deco"), before))
    assert run("join", "got") == ["x", "y", "z"]


def test_a_function_in_a_join_is_given_the_inputs(tmp_path: Path) -> None:
    body = """
def start(self): self.next(self.a, self.b)
def a(self):
    self.v = 1
    self.next(self.join)
def b(self):
    self.v = 2
    self.next(self.join)
@deco
@step
def join(self, inputs):
    raise ValueError
    self.next(self.end)
def end(self): pass
"""
    line = "yield lambda flow, inputs: setattr(flow, 'total', sum(each.v for each in inputs))"
    assert run_flow(tmp_path, flow(body, decorator(line)))("end", "total") == 3


def test_a_replacement_cannot_change_where_the_flow_goes(tmp_path: Path) -> None:
    body = """
@deco
@step
def start(self): self.next(self.a)
def a(self): self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body, decorator("yield lambda flow: flow.next(flow.end)")))
    assert run.failed is not None and "by its last statement it should go to a" in str(run.failed.exception)


def test_a_replacement_that_returns_something_else_fails_the_step(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("yield lambda flow: 5"))
    assert run.failed is not None and "@deco replaced step 'start'" in str(run.failed.exception)


def test_a_decorator_that_never_yields_fails_the_step_and_says_so(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("if False: yield", post="pass"))
    assert run.failed is not None and "@deco ended without a yield" in str(run.failed.exception)


@pytest.mark.parametrize("line", ["yield; yield", "try: yield\n    except ValueError: yield"])
def test_a_decorator_that_yields_twice_fails_the_step(tmp_path: Path, line: str) -> None:
    run = run_flow(tmp_path, decorated(line, step="raise ValueError" if "except" in line else "pass"))
    assert run.failed is not None and "should only yield once" in str(run.failed.exception)


def test_a_decorator_that_yields_something_else_fails_the_step(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("yield 5"))
    assert run.failed is not None and "@deco yielded 5. Yield nothing," in str(run.failed.exception)


def test_the_yield_itself_is_none(tmp_path: Path) -> None:
    assert run_flow(tmp_path, decorated("flow.sent = yield"))("start", "sent") is None


def test_the_steps_exception_is_raised_at_the_yield_and_can_be_swallowed(tmp_path: Path) -> None:
    line = "try: yield\n    except ValueError as e: flow.log.append(str(e))"
    run = run_flow(tmp_path, decorated(line, step="raise ValueError('broken')"))
    assert (run.failed, log_of(run), run.reached("end")) == (None, ("pre", "step", "broken", "post"), True)


def test_a_step_that_raises_stop_iteration_fails_of_just_that(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("yield", step="next(iter(()))"))
    assert run.failed is not None and isinstance(run.failed.exception, StopIteration)


def test_the_traceback_at_the_yield_begins_in_the_flows_own_file(tmp_path: Path) -> None:
    line = "try: yield\n    except ValueError:\n        import traceback; flow.text = traceback.format_exc()"
    text = run_flow(tmp_path, decorated(line, step="raise ValueError('broken')"))("start", "text")
    assert "in start" in text and text.count("airflow_provider_flows") == text.count("user_step.py") <= 2


def test_an_exception_before_the_yield_fails_the_step_and_outer_decorators_clean_up(tmp_path: Path) -> None:
    outer = decorator("try: yield\n    finally: flow.log.append('cleaned up')", "outer")
    inner = decorator("raise ValueError('inner')\n    yield", "inner")
    run = run_flow(tmp_path, decorated("", above="@outer\n@inner", before=outer + inner))
    assert run.failed is not None and str(run.failed.exception) == "inner"
    assert log_of(run) == ("pre outer", "pre inner", "cleaned up")


def test_decorators_of_a_process_that_ends_clean_up(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    lines = (
        f"try: yield\n    finally: open({str(trace)!r}, 'a').write(step_name)\n    open({str(trace)!r}, 'a').write('!')"
    )
    body = "@deco\n@deco\n@step\ndef start(self): raise SystemExit(1)"
    run = run_flow(tmp_path, flow(body, decorator(lines, log=False)))
    assert (trace.read_text(), run.record("start").outcome) == ("startstart", "failed")


def test_an_exception_after_the_yield_is_what_outer_decorators_see(tmp_path: Path) -> None:
    outer = decorator("try: yield\n    except KeyError as e: flow.log.append(e.args[0])", "outer")
    inner = decorator("yield\n    raise KeyError('late')", "inner")
    run = run_flow(tmp_path, decorated("", above="@outer\n@inner", before=outer + inner))
    assert (run.failed, log_of(run)[-2:]) == (None, ("late", "post outer"))


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("None", "ok"),
        ("KeyError('mine')", "'mine'"),
        ("(None, None)", "ok"),
        ("(None, False)", "ok"),
        ("(None, True)", "ok"),
        ("(None, {})", "ok"),
        ("(KeyError('mine'), None)", "'mine'"),
        ("{}", "@deco returned {}. After the step, return nothing, an exception, or"),
        ("'text'", "@deco returned 'text'."),
    ],
)
def test_what_a_decorator_returns_decides_how_the_step_ended(tmp_path: Path, answer: str, outcome: str) -> None:
    line = f"try: yield\n    except ValueError: return {answer}"
    run = run_flow(tmp_path, decorated(line, step="raise ValueError('broken')"))
    found = "ok" if run.failed is None else str(run.failed.exception)
    assert outcome in found and run.reached("end") == (outcome == "ok")


def test_keywords_of_next_can_be_returned_after_the_step(tmp_path: Path) -> None:
    before = decorator("yield\n    flow.alt = 'xyz'\n    return None, {'foreach': 'alt'}")
    assert run_flow(tmp_path, flow(SPLIT.format(above="@deco"), before))("join", "got") == ["x", "y", "z"]


SWITCH = """
@deco
@step
def start(self):
    raise ValueError("the step must not decide")
    self.next({{"x": self.a, "y": self.end}}, condition="way")
def a(self): self.next(self.end)
def end(self): pass
"""


@pytest.mark.parametrize(
    ("lines", "goes"),
    [
        ("yield {'branch': 'a'}", True),
        ("yield {'branch': flow.end}", False),
        ("flow.way = 'x'\n    yield {}", True),
        ("yield lambda flow: setattr(flow, 'way', 'y')", False),
        ("try: yield\n    except ValueError: flow.way = 'x'", True),
    ],
)
def test_who_skips_a_switch_says_where_it_goes(tmp_path: Path, lines: str, goes: bool) -> None:
    run = run_flow(tmp_path, flow(SWITCH.replace("{{", "{").replace("}}", "}"), decorator(lines, log=False)))
    assert (run.failed, run.reached("a"), run.reached("end")) == (None, goes, True)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("yield {}", 'determines which branch to take. In the decorator, yield {"branch": "…"} with one of a, end'),
        ("yield {'branch': 'start'}", "Switch step 'start' has no branch 'start'. It has: a, end."),
        ("flow.way = 'z'\n    yield {}", "'way' is 'z', which is not one of its cases ['x', 'y']"),
    ],
)
def test_a_switch_that_is_skipped_blindly_fails_in_the_task(tmp_path: Path, lines: str, words: str) -> None:
    run = run_flow(tmp_path, flow(SWITCH.replace("{{", "{").replace("}}", "}"), decorator(lines, log=False)))
    assert run.failed is not None and words in str(run.failed.exception)
    assert run.failed.record.outcome == "failed"


def test_nothing_comes_after_an_end_step_that_is_skipped(tmp_path: Path) -> None:
    body = "def start(self): self.next(self.end)\n@deco\n@step\ndef end(self): raise ValueError"
    assert run_flow(tmp_path, flow(body, decorator("yield {}"))).failed is None


def test_decorators_stand_outermost_first_and_those_given_as_strings_around_them(tmp_path: Path) -> None:
    before = "".join(decorator("yield", name) for name in ("outer", "inner", "given"))
    run = run_flow(tmp_path, decorated("", above="@outer\n@inner", before=before), specs=("given",))
    names = ("given", "outer", "inner")
    assert log_of(run) == (*(f"pre {name}" for name in names), "step", *(f"post {name}" for name in reversed(names)))


def test_a_decorator_written_twice_runs_twice(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("yield", above="@deco\n@deco"))
    assert log_of(run) == ("pre", "pre", "step", "post", "post")


def test_catch_hears_what_decorators_let_through_wherever_it_stands(tmp_path: Path) -> None:
    for above in ("@catch(var='oops')\n@deco", "@deco\n@catch(var='oops')"):
        run = run_flow(tmp_path, decorated("yield", above=above, step="raise ValueError('broken')"))
        assert run("end", "oops").exception == "broken"
        swallowed = decorator("try: yield\n    except ValueError: pass")
        run = run_flow(tmp_path, decorated("", above=above, step="raise ValueError('broken')", before=swallowed))
        assert run("end", "oops") is None


def test_attributes_are_given_by_name(tmp_path: Path) -> None:
    run = run_flow(tmp_path, decorated("flow.given = attributes\n    yield", above="@deco(a=1, b='x')"))
    assert run("start", "given") == {"a": 1, "b": "x"}
    assert run_flow(tmp_path, decorated("flow.given = attributes\n    yield"))("start", "given") == {}


def test_an_attempt_cannot_spoil_the_attributes_of_the_next(tmp_path: Path) -> None:
    line = "flow.given = attributes.pop('a', 'gone')\n    yield"
    above = "@retry(times=1)\n@deco(a=1)"
    run = run_flow(tmp_path, decorated(line, above=above, step="assert current.retry_count"))
    assert (run.attempts["start"], run("start", "given")) == (2, 1)


def test_retry_count_is_right_inside_a_decorator(tmp_path: Path) -> None:
    line = "flow.seen = current.retry_count\n    yield"
    run = run_flow(tmp_path, decorated(line, above="@retry(times=2)\n@deco", step="assert current.retry_count == 2"))
    assert run("start", "seen") == 2


@pytest.mark.parametrize(
    ("before", "above", "words"),
    [
        (decorator("yield"), "@deco(1)", "@deco does not allow positional arguments."),
        (
            "@user_step_decorator\ndef deco(step_name, flow, inputs): yield\n",
            "@deco(a=1)",
            "@deco takes no",
        ),
        ("@user_step_decorator\ndef deco(step_name, flow, inputs): pass\n", "", "'deco' is not a generator function."),
        ("@user_step_decorator\ndef deco(flow): yield\n", "", "'deco' takes 1 arguments, and a step decorator"),
    ],
)
def test_misuse_is_rejected_at_its_line(tmp_path: Path, before: str, above: str, words: str) -> None:
    with pytest.raises(InvalidFlow) as rejection:
        run_flow(tmp_path, decorated("", above=above, before=before))
    (problem,) = rejection.value.problems
    assert words in problem.message and problem.source_line
    assert problem.source_line.strip() == (above or "@user_step_decorator")
