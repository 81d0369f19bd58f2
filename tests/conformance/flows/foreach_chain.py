"""A chain of steps in a foreach."""

from metaflow import FlowSpec
from tracing import step


class ForeachChainFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [3, 1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.y = self.input
        self.next(self.b)

    @step
    def b(self):
        self.y = self.y * 10 + self.index
        self.next(self.c)

    @step
    def c(self):
        self.y = str(self.y)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = [each.y for each in inputs]
        self.merge_artifacts(inputs, include=["xs"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachChainFlow()
