"""The same in a foreach."""

from metaflow import FlowSpec, step


class SwitchInSplitInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["x", "y"]
        self.next(self.f, foreach="xs")

    @step
    def f(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "f"]
        self.which = self.input
        self.next(self.b, self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next({"x": self.x, "y": self.y}, condition="which")

    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        self.v = "x"
        self.next(self.join)

    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.v = "y"
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.vs = sorted(each.v for each in inputs)
        self.next(self.jf)

    @step
    def jf(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jf"]
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchInSplitInForeachFlow()
