"""One foreach after another, over each kind of thing that can be indexed."""

import numpy as np
from metaflow import FlowSpec
from tracing import step


class ForeachKindsFlow(FlowSpec):
    @step
    def start(self):
        self.items = range(2, 8, 3)
        self.next(self.a, foreach="items")

    @step
    def a(self):
        self.y = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.ys = [each.y for each in inputs]
        self.text = "häß"
        self.next(self.to_b)

    @step
    def to_b(self):
        self.next(self.b, foreach="text")

    @step
    def b(self):
        self.y = self.input
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.ys = [each.y for each in inputs]
        self.array = np.arange(6).reshape(3, 2)
        self.next(self.to_c)

    @step
    def to_c(self):
        self.next(self.c, foreach="array")

    @step
    def c(self):
        self.y = self.input.tolist()
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.ys = [each.y for each in inputs]
        self.pair = ((1, 2), {"k": 3})
        self.next(self.to_d)

    @step
    def to_d(self):
        self.next(self.d, foreach="pair")

    @step
    def d(self):
        self.y = self.input
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachKindsFlow()
