"""A switch in an arm of a switch, whose inner arms meet before the outer ones."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchNestedFlow(FlowSpec):
    outer = Parameter("outer", default="in")
    inner = Parameter("inner", default="x")

    @step
    def start(self):
        self.which = self.outer
        self.next({"in": self.inside, "out": self.b, "skip": self.merge}, condition="which")

    @step
    def inside(self):
        self.second = self.inner
        self.next({"x": self.x, "y": self.y}, condition="second")

    @step
    def x(self):
        self.v = "x"
        self.next(self.meet)

    @step
    def y(self):
        self.v = "y"
        self.next(self.meet)

    @step
    def meet(self):
        self.w = self.v
        self.next(self.merge)

    @step
    def b(self):
        self.v = "b"
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchNestedFlow()
