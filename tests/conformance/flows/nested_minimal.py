"""Foreaches that follow each other at once, without a step between."""

from metaflow import FlowSpec
from tracing import step


class NestedMinimalFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.ys = [self.input] * 2
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.zs = [self.index, self.input]
        self.next(self.c, foreach="zs")

    @step
    def c(self):
        self.v = (self.index, self.input)
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.vs = [each.vs for each in inputs]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedMinimalFlow()
