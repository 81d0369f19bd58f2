"""Three levels, with steps before and after each."""

from metaflow import FlowSpec
from tracing import step


class Nested3Flow(FlowSpec):
    @step
    def start(self):
        self.xs = ["a", "b"]
        self.next(self.a0, foreach="xs")

    @step
    def a0(self):
        self.next(self.a1)

    @step
    def a1(self):
        self.ys = [self.input + c for c in "xyz"[: self.index + 1]]
        self.next(self.b0, foreach="ys")

    @step
    def b0(self):
        self.next(self.b1)

    @step
    def b1(self):
        self.zs = [self.input + c for c in "01"]
        self.next(self.c0, foreach="zs")

    @step
    def c0(self):
        self.next(self.c1)

    @step
    def c1(self):
        self.w = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.w = [each.w for each in inputs]
        self.next(self.c2)

    @step
    def c2(self):
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.w = [each.w for each in inputs]
        self.next(self.b2)

    @step
    def b2(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.w = [each.w for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Nested3Flow()
