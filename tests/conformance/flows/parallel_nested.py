"""Two foreaches in parallel branches of a foreach's body."""

from metaflow import FlowSpec
from tracing import step


class ParallelNestedFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.next(self.b, self.c)

    @step
    def b(self):
        self.ys = list(range(self.input))
        self.next(self.d, foreach="ys")

    @step
    def d(self):
        self.v = self.input
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.d2)

    @step
    def d2(self):
        self.next(self.j)

    @step
    def c(self):
        self.next(self.c2)

    @step
    def c2(self):
        self.zs = "pqr"[self.index :]
        self.next(self.e, foreach="zs")

    @step
    def e(self):
        self.v = self.input
        self.next(self.je)

    @step
    def je(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.v = (inputs.d2.v, inputs.je.v)
        self.next(self.after)

    @step
    def after(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ParallelNestedFlow()
