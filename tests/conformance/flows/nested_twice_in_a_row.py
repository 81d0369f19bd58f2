"""Two foreaches, one after the other, in a foreach."""

from metaflow import FlowSpec
from tracing import step


class NestedTwiceInARowFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.ys = list(range(self.input))
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.v = self.input
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.vs = [each.v for each in inputs]
        self.zs = "pq"[: 2 - self.index]
        self.next(self.to_c)

    @step
    def to_c(self):
        self.next(self.c, foreach="zs")

    @step
    def c(self):
        self.v = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.last)

    @step
    def last(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedTwiceInARowFlow()
