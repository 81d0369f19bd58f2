"""Two switches with a head in common, for each item."""

from metaflow import FlowSpec
from tracing import step


class SharedHeadsInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [0, 1, 2, 3]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = self.input % 2
        self.next({0: self.h, 1: self.s}, condition="which")

    @step
    def s(self):
        self.second = self.input // 2
        self.next({0: self.h, 1: self.k}, condition="second")

    @step
    def h(self):
        self.v = "h"
        self.next(self.m)

    @step
    def k(self):
        self.v = "k"
        self.next(self.m)

    @step
    def m(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SharedHeadsInForeachFlow()
