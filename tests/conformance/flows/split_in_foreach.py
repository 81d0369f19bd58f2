"""A static split, and its join, in a foreach."""

from metaflow import FlowSpec
from tracing import step


class SplitInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [4, 5]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.base = self.input
        self.next(self.c, self.b)

    @step
    def b(self):
        self.y = self.base + 1
        self.next(self.b2)

    @step
    def b2(self):
        self.next(self.j)

    @step
    def c(self):
        self.y = self.base + 2
        self.next(self.j)

    @step
    def j(self, inputs):
        self.y = (inputs.b2.y, inputs.c.y)
        self.merge_artifacts(inputs, include=["base", "xs"])
        self.next(self.after)

    @step
    def after(self):
        self.again = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SplitInForeachFlow()
