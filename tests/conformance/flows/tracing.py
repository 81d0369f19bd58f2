"""A `@step` for the flows beside this file, all of which use it: each task also keeps how the run came to it.

`at` is the task's place in the foreaches around it and `trail` the steps that led to it, where a join has the trails of
its inputs as lists. A foreach's join keeps the items of its inputs as `got`, and the join of a static split the steps
that its inputs come from as `static_order`. They are set before the step's body begins, so that a task whose body fails
has them, too.
"""

import functools

import metaflow


def step(function=None, **ends):
    """Make a step of a method that is traced; `start=True` and `end=True` mean what they mean to Metaflow."""
    if function is None:
        return functools.partial(step, **ends)

    @functools.wraps(function)
    def traced(self, *inputs):
        trace = trace_join if inputs else trace_step
        trace(self, function.__name__, *inputs)
        return function(self, *inputs)

    return metaflow.step(**ends)(traced)


def trace_step(flow, name):
    flow.at = (flow.index, flow.input, flow.foreach_stack())
    flow.trail = [*getattr(flow, "trail", []), name]


def trace_join(flow, name, inputs):
    stack = flow.foreach_stack()
    flow.at = (flow.index, [frame[:2] for frame in stack])
    trails = [each.trail for each in inputs]
    if all(len(each.foreach_stack()) > len(stack) for each in inputs):
        flow.got = [(each.index, each.input) for each in inputs]
        flow.trail = [*trails, name]
    else:
        flow.static_order = [trail[-1] for trail in trails]
        flow.trail = [*sorted(trails, key=str), name]
