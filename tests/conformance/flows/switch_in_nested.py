"""A switch in the inner body of two foreaches, with arms straight into the inner join."""

from metaflow import FlowSpec
from tracing import step


class SwitchInNestedFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.ys = [0, 1, 2][self.index :]
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.which = "even" if (self.input + self.index) % 2 == 0 else "odd"
        self.next({"even": self.even, "odd": self.odd}, condition="which")

    @step
    def even(self):
        self.v = ("even", self.input)
        self.next(self.jb)

    @step
    def odd(self):
        self.v = ("odd", self.input)
        self.next(self.odd2)

    @step
    def odd2(self):
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchInNestedFlow()
