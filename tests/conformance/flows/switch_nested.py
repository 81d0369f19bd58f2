"""A switch in an arm of a switch, whose inner arms meet before the outer ones."""

from metaflow import FlowSpec, Parameter, step


class SwitchNestedFlow(FlowSpec):
    outer = Parameter("outer", default="in")
    inner = Parameter("inner", default="x")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.outer
        self.next({"in": self.inside, "out": self.b, "skip": self.merge}, condition="which")

    @step
    def inside(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "inside"]
        self.second = self.inner
        self.next({"x": self.x, "y": self.y}, condition="second")

    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        self.v = "x"
        self.next(self.meet)

    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.v = "y"
        self.next(self.meet)

    @step
    def meet(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "meet"]
        self.w = self.v
        self.next(self.merge)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchNestedFlow()
