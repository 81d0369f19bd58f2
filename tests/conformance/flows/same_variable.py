"""Nested foreaches over artifacts of the same name."""

from metaflow import FlowSpec
from tracing import step


class SameVariableFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.xs = [self.input * 10, self.input * 100]
        self.next(self.b, foreach="xs")

    @step
    def b(self):
        self.y = self.input
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.yss = [each.ys for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SameVariableFlow()
