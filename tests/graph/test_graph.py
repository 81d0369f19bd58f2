"""What a flow's graph says of its steps, and where it finds them."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time

from airflow_provider_flows.graph.info import graph_info
from airflow_provider_flows.graph.nesting import branch_of, meeting_point
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import check_graph
from airflow_provider_flows.graph.shape import shape_of

NESTED = """
def start(self): self.next(self.outer, foreach='xs')
def outer(self): self.next(self.inner, foreach='ys')
def inner(self): self.next(self.close_inner)
def close_inner(self, inputs): self.next(self.after)
def after(self): self.next(self.close_outer)
def close_outer(self, inputs): self.next(self.end)
def end(self): pass
"""

BRANCHES = """
def start(self): self.next(self.b, self.a)
def a(self): self.next({1: self.x, -1: self.y, self.config.mode: self.x}, condition='which')
def x(self): self.next(self.join)
def y(self): self.next(self.z)
def z(self): self.next(self.join)
def b(self): self.next(self.c, foreach='xs')
def c(self): self.next(self.jc)
def jc(self, inputs): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
"""


PARALLEL = """
def start(self): self.next(self.each, foreach='xs')
def each(self): self.next(self.train, num_parallel=2)
@parallel
def train(self): self.next(self.join)
def join(self, inputs): self.next(self.more)
def more(self): self.next(self.outer)
def outer(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_a_parallel_group_is_a_foreach_that_nests_nothing_in_the_structure(graph_of):
    graph = graph_of(PARALLEL)
    assert check_graph(graph) == []
    assert graph["train"].foreach_nest == ("start", "each")
    info = graph_info(graph)
    assert info["graph_structure"] == ["start", [["each", "train", "join", "more"]], "outer", "end"]
    assert (info["steps"]["each"]["type"], info["steps"]["each"]["num_parallel"]) == ("split-parallel", 2)


def test_a_foreach_is_not_inside_itself_nor_is_its_join(graph_of):
    nests = {node.name: node.foreach_nest for node in graph_of(NESTED)}
    assert nests == {
        "start": (),
        "outer": ("start",),
        "inner": ("start", "outer"),
        "close_inner": ("start",),
        "after": ("start",),
        "close_outer": (),
        "end": (),
    }


def test_a_join_knows_the_branch_that_each_parent_ends(graph_of):
    graph = graph_of(BRANCHES)
    assert {parent: branch_of(graph, "join", parent) for parent in graph["join"].in_funcs} == {
        "x": "a",
        "z": "a",
        "jc": "b",
    }
    assert graph["start"].out_funcs == ("b", "a")
    assert branch_of(graph, "jc", "c") == "c"


def test_a_switch_lists_its_cases_in_source_order(graph_of):
    switch = graph_of(BRANCHES)["a"]
    assert switch.cases == ((1, "x"), (-1, "y"), ("config:config.mode", "x"))
    assert switch.out_funcs == ("x", "y", "x")
    assert switch.condition == "which"


def test_the_arms_of_a_switch_meet_at_the_first_step_that_all_of_them_pass(graph_of):
    assert meeting_point(graph_of(BRANCHES), "a") == "join"


def test_a_switch_that_lists_itself_is_recursive(graph_of):
    graph = graph_of(
        "def start(self): self.next(self.a)\n"
        "def a(self): self.next({'more': self.a, 'done': self.end}, condition='which')\n"
        "def end(self): pass"
    )
    assert [node.repeats for node in graph] == [False, True, False]
    assert graph["a"].in_funcs == ("start",)
    assert meeting_point(graph, "a") == "end"


def test_a_single_step_is_both_start_and_end(graph_of):
    graph = graph_of("def only(self): pass")
    assert (graph.start_step, graph.end_step, graph["only"].type) == ("only", "only", "end")
    assert check_graph(graph) == []
    assert graph_info(graph)["graph_structure"] == ["only"]


def test_annotated_steps_start_and_end_a_flow(graph_of):
    graph = graph_of("@step(end=True)\ndef done(self): pass\n@step(start=True)\ndef begin(self): self.next(self.done)")
    assert check_graph(graph) == []
    assert graph.topological == ("begin", "done")
    assert [node.type for node in graph] == ["start", "end"]


def test_the_name_of_a_foreach_may_be_computed(graph_of):
    graph = graph_of(NESTED.replace("'xs'", "NAMES[0]"))
    assert graph["start"].foreach_param is None
    assert check_graph(graph) == []


def test_places_are_exact_below_decorators_and_after_wide_letters(load):
    module = load(
        "from airflow_provider_flows import FlowSpec, step\n"
        "\n"
        "def other(text): return lambda function: function\n"
        "\n"
        "class F(FlowSpec):\n"
        "    @other(\n"
        "        '''two\n"
        "        lines'''\n"
        "    )\n"
        "    @step\n"
        "    def start(self):\n"
        "        x = '→ä'; self.next(self.end)\n"
        "    @step\n"
        "    def end(self):\n"
        "        'Stop.'\n"
    )
    graph = build_graph(module.F)
    start = graph["start"]
    assert (start.line, start.column, start.end_column) == (11, 8, 13)
    assert start.tail is not None
    assert (start.tail.line, start.tail.column, start.tail.end_column) == (12, 18, 37)
    assert start.tail.text == "        x = '→ä'; self.next(self.end)"
    assert (graph.place.line, graph.place.column, graph.place.end_column) == (5, 6, 7)
    assert graph["end"].doc == "Stop."


def test_inherited_steps_keep_their_own_file_and_order(load):
    base = load(
        "from airflow_provider_flows import FlowSpec, step\n"
        "class Base(FlowSpec):\n"
        "    @step\n"
        "    def start(self): self.next(self.work)\n"
        "    @step\n"
        "    def work(self): self.next(self.end)\n"
        "    @step\n"
        "    def end(self): pass\n"
    )
    derived = load(
        f"from {base.__name__} import Base\n"
        "from airflow_provider_flows import step\n"
        "class Derived(Base):\n"
        "    @step\n"
        "    def extra(self): self.next(self.end)\n"
        "    @step\n"
        "    def work(self): self.next(self.extra)\n"
    )
    graph = build_graph(derived.Derived)
    assert check_graph(graph) == []
    assert graph.topological == ("start", "work", "extra", "end")
    files = {node.name: node.file for node in graph}
    assert files["start"] == files["end"] == base.__file__
    assert files["work"] == files["extra"] == graph.file == derived.__file__


def test_graph_info_names_what_metaflow_names(graph_of):
    info = graph_info(graph_of(BRANCHES), {"a": [{"name": "retry"}]})
    assert info["graph_structure"] == ["start", [["b", [["c"]], "jc"], ["a", [["x"], ["y", "z"]]]], "join", "end"]
    steps = info["steps"]
    assert {name: step["type"] for name, step in steps.items()} == {
        "start": "split-static",
        "a": "split-switch",
        "b": "split-foreach",
        "x": "linear",
        "y": "linear",
        "z": "linear",
        "c": "linear",
        "jc": "join",
        "join": "join",
        "end": "end",
    }
    assert steps["b"]["foreach_artifact"] == "xs"
    assert steps["b"]["matching_join"] == "jc"
    assert steps["a"]["switch_cases"] == {1: "x", -1: "y", "config:config.mode": "x"}
    assert steps["a"]["decorators"] == [{"name": "retry"}]
    assert steps["start"]["next"] == ["b", "a"]


def test_a_long_flow_is_read_and_checked_quickly(graph_of):
    names = [f"s{number}" for number in range(3000)]
    following = dict(zip(names, [*names[1:], "end"], strict=True))
    steps = [f"def {name}(self): self.next(self.{after})" for name, after in following.items()]
    flow = "\n".join(["def start(self): self.next(self.s0)", *steps, "def end(self): pass"])
    started = time.process_time()
    graph = graph_of(flow)
    assert check_graph(graph) == []
    assert len(graph) == 3002
    assert time.process_time() - started < 5


def test_many_switches_in_a_row_do_not_multiply(graph_of):
    steps = []
    for number in range(40):
        after = f"s{number + 1}" if number < 39 else "end"
        steps.append(f"def s{number}(self): self.next({{1: self.a{number}, 2: self.b{number}}}, condition='x')")
        steps += [f"def {arm}{number}(self): self.next(self.{after})" for arm in "ab"]
    graph = graph_of("\n".join(["def start(self): self.next(self.s0)", *steps, "def end(self): pass"]))
    assert check_graph(graph) == []
    assert len(str(graph_info(graph)["graph_structure"])) < 3000


def test_the_graph_loads_nothing_but_the_standard_library():
    code = (
        "import sys; before = set(sys.modules)\n"
        "import airflow_provider_flows.graph.parse, airflow_provider_flows.graph.rules\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "assert new <= sys.stdlib_module_names | {'airflow_provider_flows'}, new\n"
        "assert 'difflib' not in new"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_type_of_a_step_is_text_to_whoever_reads_it(graph_of):
    graph = graph_of(NESTED)
    assert (graph["outer"].type, f"{graph['outer'].type:>8}") == ("foreach", " foreach")
    assert repr(graph["inner"].type) == "'linear'"
    assert json.loads(json.dumps(shape_of(graph)))["steps"][1][1] == "foreach"
    assert b"StepType" not in pickle.dumps((graph_info(graph), shape_of(graph)))
