"""A static split, and its join, in a foreach."""

from metaflow import FlowSpec, step


class SplitInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [4, 5]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.base = self.input
        self.next(self.c, self.b)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.y = self.base + 1
        self.next(self.b2)

    @step
    def b2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b2"]
        self.next(self.j)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.y = self.base + 2
        self.next(self.j)

    @step
    def j(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "j"]
        self.y = (inputs.b2.y, inputs.c.y)
        self.merge_artifacts(inputs, include=["base", "xs"])
        self.next(self.after)

    @step
    def after(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "after"]
        self.again = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SplitInForeachFlow()
