"""A body sets the artifact that its foreach iterates over."""

from metaflow import FlowSpec
from tracing import step


class ForeachReboundFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.before = self.input
        self.xs = [5, 6, 7]
        self.next(self.b)

    @step
    def b(self):
        self.after = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = [(each.before, each.after) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachReboundFlow()
