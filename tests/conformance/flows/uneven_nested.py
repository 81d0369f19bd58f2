"""In a foreach's body a chain and a foreach of two levels run beside each other."""

from metaflow import FlowSpec
from tracing import step


class UnevenNestedFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.next(self.b, self.c)

    @step
    def b(self):
        self.next(self.j)

    @step
    def c(self):
        self.ys = [1, 2]
        self.next(self.d, foreach="ys")

    @step
    def d(self):
        self.zs = [self.input]
        self.next(self.e, foreach="zs")

    @step
    def e(self):
        self.v = self.input
        self.next(self.je)

    @step
    def je(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.v = inputs.jd.v
        self.next(self.to_k)

    @step
    def to_k(self):
        self.ws = [1] * (self.index + 1)
        self.next(self.k, foreach="ws")

    @step
    def k(self):
        self.next(self.jk)

    @step
    def jk(self, inputs):
        self.n = len(list(inputs))
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    UnevenNestedFlow()
