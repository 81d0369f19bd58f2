"""Switches in a switch's arm, for each item."""

from metaflow import FlowSpec, step


class NestedSwitchInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["ax", "ay", "b", "c"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = self.input[0]
        self.next({"a": self.inside, "b": self.b, "c": self.merge}, condition="which")

    @step
    def inside(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "inside"]
        self.second = self.input[1]
        self.next({"x": self.x, "y": self.meet}, condition="second")

    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        self.v = "x"
        self.next(self.meet)

    @step
    def meet(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "meet"]
        self.w = getattr(self, "v", "-")
        self.next(self.merge)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.w = "b"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.u = getattr(self, "w", "none")
        self.next(self.after)

    @step
    def after(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "after"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.us = [each.u for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    NestedSwitchInForeachFlow()
