"""The same in a foreach."""

from metaflow import FlowSpec
from tracing import step


class SwitchInSplitInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["x", "y"]
        self.next(self.f, foreach="xs")

    @step
    def f(self):
        self.which = self.input
        self.next(self.b, self.a)

    @step
    def a(self):
        self.next({"x": self.x, "y": self.y}, condition="which")

    @step
    def x(self):
        self.v = "x"
        self.next(self.join)

    @step
    def y(self):
        self.v = "y"
        self.next(self.join)

    @step
    def b(self):
        self.v = "b"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.vs = sorted(each.v for each in inputs)
        self.next(self.jf)

    @step
    def jf(self, inputs):
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchInSplitInForeachFlow()
