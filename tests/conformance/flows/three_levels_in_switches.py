"""Each foreach is in an arm of a switch that few items take."""

from metaflow import FlowSpec, JSONType, Parameter
from tracing import step


class ThreeLevelsInSwitchesFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[0, 1, 2]")

    @step
    def start(self):
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.go = self.input > 0
        self.next({True: self.b, False: self.m}, condition="go")

    @step
    def b(self):
        self.ys = [0, 1, 2][: self.input + 1]
        self.next(self.c, foreach="ys")

    @step
    def c(self):
        self.go = self.input > 1
        self.next({True: self.d, False: self.n}, condition="go")

    @step
    def d(self):
        self.zs = [0, 1]
        self.next(self.e, foreach="zs")

    @step
    def e(self):
        self.go = self.input > 0
        self.next({True: self.p, False: self.q}, condition="go")

    @step
    def p(self):
        self.v = "p"
        self.next(self.je)

    @step
    def q(self):
        self.v = "q"
        self.next(self.je)

    @step
    def je(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.n)

    @step
    def n(self):
        self.v = getattr(self, "v", "n")
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.m)

    @step
    def m(self):
        self.v = getattr(self, "v", "m")
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ThreeLevelsInSwitchesFlow()
