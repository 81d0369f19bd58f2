"""Every rule of the flow language is kept: each broken flow is rejected once, at the right place, with a fix."""

from __future__ import annotations

import pytest
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import check_graph, require_valid

# name of the mistake: (the flow, part of the message, part of the fix)
BROKEN = {
    "reserved name": (
        """
def start(self): self.next(self.input)
def «input»(self): self.next(self.end)
def end(self): pass
""",
        "step 'input' has a name that is a reserved word",
        "input_step",
    ),
    "capital letters": (
        """
def start(self): self.next(self.trainModel)
def «trainModel»(self): self.next(self.end)
def end(self): pass
""",
        "step 'trainModel' has an invalid name",
        "Call it train_model.",
    ),
    "leading underscore": (
        """
def start(self): self.next(self._a)
def «_a»(self): self.next(self.end)
def end(self): pass
""",
        "step '_a' has an invalid name",
        "Call it a.",
    ),
    "several end steps": (
        """
def start(self): self.next(self.a, self.b)
@step(end=True)
def a(self): pass
@step(end=True)
def «b»(self): pass
""",
        "several steps are annotated with @step(end=True): 'a' and 'b'",
        "Keep end=True at one of them.",
    ),
    "annotated start beside a start": (
        """
@step(start=True)
def begin(self): self.next(self.end)
def «start»(self): self.next(self.end)
def end(self): pass
""",
        "the start step is ambiguous: 'begin' is annotated",
        "remove start=True from 'begin'",
    ),
    "start is entered": (
        """
def start(self): self.next({'again': «self.start», 'done': self.end}, condition='which')
def end(self): pass
""",
        "step 'start' leads to the start step 'start'",
        "after a new start step",
    ),
    "start is entered from afar": (
        """
def start(self): self.next(self.a)
def a(self): self.next({'again': «self.start», 'done': self.end}, condition='which')
def end(self): pass
""",
        "step 'a' leads to the start step 'start'",
        "after a new start step",
    ),
    "end goes on": (
        """
def start(self): self.next(self.end)
def end(self): «self.next(self.start)»
""",
        "the end step 'end' should not have a self.next()",
        "Just remove it.",
    ),
    "end takes inputs": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.end)
def b(self): self.next(self.end)
def «end»(self, inputs): pass
""",
        "the end step 'end' cannot be a join step",
        "add a join step before it",
    ),
    "start takes inputs": (
        """
def «start»(self, inputs): self.next(self.end)
def end(self): pass
""",
        "the start step 'start' cannot be a join step",
        "def start(self):",
    ),
    "three arguments": (
        """
def start(self): self.next(self.a)
def «a»(self, x, y): self.next(self.end)
def end(self): pass
""",
        "step 'a' has too many arguments",
        "as artifacts",
    ),
    "join that splits": (
        """
def start(self): self.next(self.a, foreach='xs')
def a(self): self.next(self.b)
def «b»(self, inputs): self.next(self.c, self.d)
def c(self): self.next(self.j)
def d(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'b' is both a join step",
        "Add a step",
    ),
    "no self": (
        """
def start(self): self.next(self.a)
def «a»(): self.next(self.end)
def end(self): pass
""",
        "step 'a' is missing the 'self' argument",
        "def a(self):",
    ),
    "another name for self": (
        """
def start(self): self.next(self.a)
def a(«this», inputs=None): this.next(this.end)
def end(self): pass
""".replace(", inputs=None", ""),
        "step 'a' calls its first argument 'this'",
        "def a(self):",
    ),
    "keyword nobody passes": (
        """
def start(self, *, «size»): self.next(self.end)
def end(self): pass
""",
        "step 'start' needs the keyword argument 'size'",
        "a Parameter of the flow",
    ),
    "async step": (
        """
async def «start»(self): self.next(self.end)
def end(self): pass
""",
        "step 'start' is async",
        "asyncio.run()",
    ),
    "generator step": (
        """
def «start»(self):
    yield 1
    self.next(self.end)
def end(self): pass
""",
        "step 'start' is a generator",
        "without async and yield",
    ),
    "lambda step": (
        """
def start(self): self.next(self.a)
a = step(lambda self: self.next(self.end)); a.name = 'a'
def end(self): pass
""",
        "step 'a' has no source text",
        "Write it as def a(self):",
    ),
    "second name for a step": (
        """
def start(self): self.next(self.b)
def «a»(self): self.next(self.end)
b = a; del a
def end(self): pass
""",
        "step 'b' is the function 'a' under another name",
        "def b(self):",
    ),
    "no transition": (
        """
def start(self): self.next(self.a)
def «a»(self): self.x = 1
def end(self): pass
""",
        "step 'a' is missing a self.next() transition",
        "Add self.next(self.<step>)",
    ),
    "transition inside of if": (
        """
def start(self):
    if self.x:
        «self.next(self.end)»
def end(self): pass
""",
        "step 'start' is missing a self.next() transition as its last statement",
        "to choose a step, use condition=",
    ),
    "transition inside of try": (
        """
def start(self):
    try:
        «self.next(self.end)»
    finally:
        print()
def end(self): pass
""",
        "as its last statement",
        "outside of if, for, with and try",
    ),
    "returned transition": (
        """
def start(self):
    return «self.next(self.end)»
def end(self): pass
""",
        "as its last statement",
        "Remove the return",
    ),
    "no target": (
        """
def start(self): «self.next()»
def end(self): pass
""",
        "step 'start' calls self.next() without a step",
        "self.next(self.a)",
    ),
    "starred targets": (
        """
def start(self): self.next(«*self.targets»)
def end(self): pass
""",
        "goes to *self.targets, which is not a step of self",
        "List the steps one by one",
    ),
    "called target": (
        """
def start(self): self.next(«self.end()»)
def end(self): pass
""",
        "goes to self.end()",
        "without calling it: self.end.",
    ),
    "target as text": (
        """
def start(self): self.next(«'end'»)
def end(self): pass
""",
        "goes to 'end'",
        "Write self.end.",
    ),
    "target after wide letters": (
        """
def start(self): größe = '雪'; self.next(«end»)
def end(self): pass
""",
        "goes to end",
        "Write self.end.",
    ),
    "one step twice": (
        """
def start(self): self.next(self.a, «self.a»)
def a(self): self.next(self.end)
def end(self): pass
""",
        "lists step 'a' twice",
        "",
    ),
    "unknown step": (
        """
def start(self):
    self.next(
        self.load,
        «self.trian»,
    )
def load(self): self.next(self.join)
def train(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'start' has a self.next() transition to an unknown step, 'trian'",
        "Did you mean self.train?",
    ),
    "unknown keyword": (
        """
def start(self): self.next(self.a, forach=«'xs'»)
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "passes the unknown keyword 'forach'",
        "Did you mean foreach=?",
    ),
    "two keywords": (
        """
def start(self): «self.next(self.a, foreach='xs', num_parallel=2)»
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "combines foreach and num_parallel",
        "foreach='items'",
    ),
    "starred keywords": (
        """
def start(self): self.next(self.end, **«self.options»)
def end(self): pass
""",
        "passes **arguments to self.next()",
        "",
    ),
    "foreach into two steps": (
        """
def start(self): «self.next(self.a, self.b, foreach='xs')»
def a(self): self.next(self.j)
def b(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "needs exactly one step beside foreach=",
        "self.next(self.a, foreach=…)",
    ),
    "foreach over a number": (
        """
def start(self): self.next(self.a, foreach=«3»)
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "gives foreach= something other than an artifact's name",
        "foreach='items'",
    ),
    "num_parallel=0": (
        """
def start(self): self.next(self.a, num_parallel=«0»)
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "sets num_parallel=0",
        "or self.next(self.a) for an ordinary transition",
    ),
    "num_parallel without @parallel": (
        """
def start(self): self.next(«self.a», num_parallel=2)
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'a' has no @parallel decorator",
        "Add @parallel",
    ),
    "@parallel without num_parallel": (
        """
def start(self): self.next(self.split)
def split(self): self.next(«self.a»)
@parallel
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'a' has a @parallel decorator, but step 'split' calls it without num_parallel=",
        "Write self.next(self.a, num_parallel=…)",
    ),
    "@parallel without a join": (
        """
def start(self): self.next(self.a, num_parallel=2)
@parallel
def a(self): self.next(self.b)
def «b»(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'b' follows the @parallel step 'a', but is not a join step",
        "Write def b(self, inputs):",
    ),
    "@parallel start": (
        """
@parallel
def «start»(self): self.next(self.end)
def end(self): pass
""",
        "step 'start' is the start step, which cannot have a @parallel decorator",
        "between a num_parallel= and its join",
    ),
    "@parallel switch": (
        """
def start(self): self.next(self.a, num_parallel=2)
@parallel
def «a»(self): self.next({1: self.b, 2: self.c}, condition='x')
def b(self): self.next(self.j)
def c(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'a' is a switch, which cannot have a @parallel decorator",
        "a step of its own",
    ),
    "dict without condition": (
        """
def start(self): «self.next({'x': self.a, 'y': self.end})»
def a(self): self.next(self.end)
def end(self): pass
""",
        "passes a dict to self.next() without condition=",
        "Add condition=",
    ),
    "computed condition": (
        """
def start(self): self.next({'x': self.a, 'y': self.end}, condition=«self.which»)
def a(self): self.next(self.end)
def end(self): pass
""",
        "needs the literal name of an artifact as condition",
        "condition='which'",
    ),
    "variable dict": (
        """
def start(self): self.next(«CASES», condition='which')
def end(self): pass
""",
        "needs one dict, written out in self.next()",
        "",
    ),
    "case None": (
        """
def start(self): self.next({'x': self.a, «None»: self.end}, condition='which')
def a(self): self.next(self.end)
def end(self): pass
""",
        "has a case that is not a literal (and not None)",
        "Use strings, numbers or self.<config>.<key>",
    ),
    "variable case": (
        """
def start(self): self.next({'x': self.a, «FAST»: self.end}, condition='which')
def a(self): self.next(self.end)
def end(self): pass
""",
        "has a case that is not a literal",
        "",
    ),
    "case listed twice": (
        """
def start(self): self.next({'x': self.a, «'x'»: self.end}, condition='which')
def a(self): self.next(self.end)
def end(self): pass
""",
        "lists the case 'x' twice",
        "Remove one",
    ),
    "switch with one case": (
        """
def start(self): «self.next({'x': self.end}, condition='which')»
def end(self): pass
""",
        "switches between 1 cases",
        "or write self.next(self.end)",
    ),
    "loop": (
        """
def start(self): self.next(self.a)
def a(self): self.next(self.b)
def b(self): self.next({'again': «self.a», 'done': self.end}, condition='which')
def end(self): pass
""",
        "there is a loop in the flow: a -> b -> a",
        "Only a switch may repeat",
    ),
    "switch that never ends": (
        """
def start(self): self.next(self.a)
def a(self): «self.next({'x': self.a, 'y': self.a}, condition='which')»
def end(self): pass
""",
        "step 'a' switches to itself in every case",
        "Add a case",
    ),
    "step shared by two branches": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def b(self): self.next(self.y)
def x(self): self.next(self.z)
def «y»(self): self.next(self.z)
def z(self): self.next(self.end)
def end(self): pass
""",
        "step 'y' joins branches of the split of step 'start', but takes no inputs",
        "def y(self, inputs):",
    ),
    "loop of one": (
        """
def start(self): self.next(self.a)
def a(self): self.next(«self.a»)
def end(self): pass
""",
        "there is a loop in the flow: a -> a",
        "Only a switch may repeat",
    ),
    "orphans": (
        """
def start(self): self.next(self.end)
def «a»(self): self.next(self.b)
def b(self): self.next(self.end)
def end(self): pass
""",
        "step 'a' is unreachable from the start step 'start' (nor are those after it)",
        "Add self.next(self.a)",
    ),
    "split that is never joined": (
        """
def start(self): «self.next(self.a, self.b)»
def a(self): self.next(self.end)
def b(self): self.next(self.end)
def end(self): pass
""",
        "the end step 'end' is reached before the split of step 'start' was joined",
        "def join_start(self, inputs):",
    ),
    "foreach whose join takes no inputs": (
        """
def start(self): «self.next(self.a, foreach='xs')»
def a(self): self.next(self.b)
def b(self):
    self.ys = [each.y for each in inputs]
    self.next(self.c)
def c(self): self.next(self.end)
def end(self): pass
""",
        "the end step 'end' is reached before the foreach of step 'start' was joined",
        "Write def b(self, inputs):",
    ),
    "foreach whose join is one by its name alone": (
        """
def start(self): «self.next(self.a, foreach='xs')»
def a(self): self.next(self.join_all)
def join_all(self): self.next(self.c)
def c(self): self.next(self.end)
def end(self): pass
""",
        "the end step 'end' is reached before the foreach of step 'start' was joined",
        "Write def join_all(self, inputs):",
    ),
    "foreach with a step that may be its join": (
        """
def start(self): «self.next(self.a, foreach='xs')»
def a(self): self.next(self.gather)
def gather(self): self.next(self.end)
def end(self): pass
""",
        "the end step 'end' is reached before the foreach of step 'start' was joined",
        "Write def gather(self, inputs): if 'gather' is the join. Else: Add a join step before 'end'",
    ),
    "foreach around a foreach, whose join takes no inputs": (
        """
def start(self): «self.next(self.a, foreach='xs')»
def a(self): self.next(self.b, foreach='ys')
def b(self): self.next(self.inner)
def inner(self, inputs): self.next(self.outer_join)
def outer_join(self): self.next(self.end)
def end(self): pass
""",
        "the end step 'end' is reached before the foreach of step 'start' was joined",
        "Write def outer_join(self, inputs):",
    ),
    "foreach that one arm leaves": (
        """
def start(self): «self.next(self.a, foreach='xs')»
def a(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.join)
def y(self): self.next(self.end)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        "before the foreach of step 'start' was joined",
        "Add a join step",
    ),
    "join without inputs": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.j)
def b(self): self.next(self.j)
def «j»(self): self.next(self.end)
def end(self): pass
""",
        "step 'j' joins branches of the split of step 'start', but takes no inputs",
        "Write def j(self, inputs):",
    ),
    "join without split": (
        """
def start(self): self.next(self.a)
def «a»(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'a' is a join step (it takes inputs), but it is not preceded by a split",
        "Write def a(self):",
    ),
    "partial join": (
        """
def start(self): self.next(self.a, self.b, self.c)
def a(self): self.next(self.j)
def b(self): self.next(self.j)
def c(self): self.next(self.end)
def «j»(self, inputs): self.next(self.end)
def end(self): pass
""",
        "has 3 branches, but no way leads to it from 'c'",
        "a join cannot take only some of them",
    ),
    "partial join without inputs": (
        """
def start(self): self.next(self.a, self.b, self.c)
def a(self): self.next(self.m)
def b(self): self.next(self.m)
def «m»(self): self.next(self.j)
def c(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'm' joins branches of the split of step 'start', but takes no inputs",
        "and let all branches lead to it",
    ),
    "split joined halfway to the end": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.j)
def b(self): self.next(self.c, foreach='xs')
def c(self): self.next(self.d)
def d(self, inputs): self.next(self.e)
def «e»(self, inputs): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "which has 2 branches, but no way leads to it from 'a'",
        "",
    ),
    "unrelated splits": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.c, foreach='xs')
def c(self): self.next(self.j)
def b(self): self.next(self.j)
def «j»(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'j' joins steps from unrelated splits: 'c' (in 'start' and 'a') and 'b' (in 'start')",
        "Join the inner split first",
    ),
    "way into the middle of a split": (
        """
def start(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.a, self.b)
def y(self): self.next(self.a)
def «a»(self): self.next(self.c)
def b(self): self.next(self.c)
def c(self): self.next(self.end)
def end(self): pass
""",
        "step 'a' is reached both inside and outside of a split, from 'x' and 'y'",
        "",
    ),
    "two joins of one split": (
        """
def start(self): self.next(self.body, foreach='xs')
def body(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.j)
def y(self): self.next(self.k)
def j(self, inputs): self.next(self.end)
def «k»(self, inputs): self.next(self.end)
def end(self): pass
""",
        "step 'k' joins the foreach of step 'start', which 'j' joins as well",
        "Let the arms of the switch meet",
    ),
    "foreach directly into a join": (
        """
def start(self): self.next(«self.j», foreach='xs')
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "the foreach of step 'start' has no children: a join step, 'j', follows it",
        "Add a step between 'start' and 'j'.",
    ),
    "split directly into its join": (
        """
def start(self): self.next(self.a, «self.j»)
def a(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "the split of step 'start' has no children: a join step, 'j'",
        "Add a step between",
    ),
    "switch directly into a join": (
        """
def start(self): self.next(self.a, foreach='xs')
def a(self): self.next({'x': self.x, 'y': «self.j»}, condition='which')
def x(self): self.next(self.j)
def j(self, inputs): self.next(self.end)
def end(self): pass
""",
        "the switch of step 'a' leads directly to the join step 'j'",
        "Add an ordinary step between 'a' and 'j'.",
    ),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_is_reported_once_where_it_is_with_its_fix(mistake, graph_of, place_in):
    steps, message, fix = BROKEN[mistake]
    graph = graph_of(steps)
    problems = check_graph(graph)
    assert len(problems) == 1, [problem.render() for problem in problems]
    assert message in problems[0].message
    assert fix in (problems[0].fix or "")
    assert problems[0].file == graph.file
    if "«" in steps:
        assert (problems[0].line, problems[0].column, problems[0].end_column) == place_in(steps)


def test_a_flow_without_start_and_end_is_told_so_at_its_class(graph_of):
    problems = check_graph(graph_of("def a(self): self.next(self.b)\ndef b(self): self.next(self.a)"))
    assert [problem.message for problem in problems] == [
        "flow 'Flow' has no start step; it needs exactly one.",
        "flow 'Flow' has no end step; it needs exactly one.",
    ]
    assert {(problem.line, problem.column, problem.end_column) for problem in problems} == {(4, 6, 10)}


def test_a_flow_without_steps_is_told_so(graph_of):
    assert "no start step" in check_graph(graph_of("pass"))[0].message


def test_all_problems_are_reported_together_in_source_order(graph_of):
    problems = check_graph(
        graph_of(
            """
def start(self): self.next(self.Fit)
def Fit(self, a, b): self.next(self.ned)
def cmd(self): self.x = 1
def end(self): self.next('start')
"""
        )
    )
    assert [(problem.line, problem.message.split("'")[1]) for problem in problems] == [
        (8, "Fit"),
        (8, "Fit"),
        (8, "Fit"),
        (10, "cmd"),
        (10, "cmd"),
        (12, "end"),
    ]


def test_the_error_shows_line_caret_and_fix(graph_of):
    graph = graph_of("def start(self):\n    self.next(self.ned)\ndef end(self): pass")
    with pytest.raises(InvalidFlow) as raised:
        require_valid(graph)
    assert str(raised.value).split("\n") == [
        f"{graph.file}:7: step 'start' has a self.next() transition to an unknown step, 'ned'.",
        "  self.next(self.ned)",
        "            ^^^^^^^^",
        "  Did you mean self.end?",
    ]


def test_a_target_can_add_rules_of_its_own(graph_of):
    graph = graph_of("def start(self): self.next(self.end)\ndef end(self): pass")
    assert check_graph(graph) == []
    rejected = check_graph(graph, extra=[lambda graph: iter([graph["end"].place.problem("no ends here")])])
    assert [(problem.message, problem.line) for problem in rejected] == [("no ends here", 8)]


def test_independent_mistakes_in_nesting_are_reported_together(graph_of):
    problems = check_graph(
        graph_of(
            """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.j)
def b(self): self.next(self.j)
def j(self): self.next(self.k, foreach='xs')
def k(self): self.next(self.end)
def end(self): pass
"""
        )
    )
    assert [problem.line for problem in problems] == [12, 12]
    assert ["takes no inputs" in problem.message or "was joined" in problem.message for problem in problems] == [
        True
    ] * 2


FORGOTTEN = """
from airflow_provider_flows import FlowSpec, step

class Flow(FlowSpec):
    @step
    def start(self):
        self.next(self.fit, self.tset)

    def fit(self): self.next(self.end)

    @step
    def test(self): self.next(self.end)

    def helper(self): pass

    @staticmethod
    def end(self): pass

    def end(self): pass
"""


def test_a_method_that_was_meant_as_a_step_is_told_as_what_it_is(load):
    problems = check_graph(build_graph(load(FORGOTTEN).Flow))
    assert [(problem.line, problem.message, problem.fix) for problem in problems] == [
        (7, "step 'start' has a self.next() transition to an unknown step, 'tset'.", "Did you mean self.test?"),
        (9, "'fit' is a method of flow 'Flow', but not a step, and 'start' leads to it.", "Write @step above its def."),
        (19, "'end' is a method of flow 'Flow', but not a step, and 'test' leads to it.", "Write @step above its def."),
    ]
