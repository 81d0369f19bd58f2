"""A foreach in a foreach, with steps before and after, and of uneven sizes."""

from metaflow import FlowSpec
from tracing import step


class Nested2Flow(FlowSpec):
    @step
    def start(self):
        self.xs = [2, 1, 3]
        self.next(self.pre)

    @step
    def pre(self):
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.base = self.input * 10
        self.next(self.a2)

    @step
    def a2(self):
        self.ys = list(range(self.input))
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.z = self.base + self.input
        self.next(self.b2)

    @step
    def b2(self):
        self.z = (self.z, self.index)
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.zs = [each.z for each in inputs]
        self.merge_artifacts(inputs, include=["base", "xs"])
        self.next(self.post)

    @step
    def post(self):
        self.total = sum(z for z, _ in self.zs)
        self.again = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.totals = [each.total for each in inputs]
        self.bases = [each.base for each in inputs]
        self.next(self.done)

    @step
    def done(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Nested2Flow()
