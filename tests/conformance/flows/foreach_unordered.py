"""Foreaches over what cannot be indexed: a dict, a set, a generator."""

from metaflow import FlowSpec
from tracing import step


class ForeachUnorderedFlow(FlowSpec):
    @step
    def start(self):
        self.items = {"b": 1, "a": 2}
        self.next(self.a, foreach="items")

    @step
    def a(self):
        self.y = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.ys = [each.y for each in inputs]
        self.numbers = {30, 10, 20}
        self.next(self.to_b)

    @step
    def to_b(self):
        self.next(self.b, foreach="numbers")

    @step
    def b(self):
        self.y = self.input
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.ys = sorted(each.y for each in inputs)
        self.got = []
        self.trail = []
        self.next(self.to_c)

    @step
    def to_c(self):
        self.squares = (n * n for n in range(3))
        self.next(self.c, foreach="squares")

    @step
    def c(self):
        self.y = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachUnorderedFlow()
