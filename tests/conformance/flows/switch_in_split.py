"""A switch in a branch of a split, whose arms lead straight into the join."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchInSplitFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.which = self.arm
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next({"x": self.x, "y": self.y}, condition="which")

    @step
    def x(self):
        self.v = "x"
        self.next(self.join)

    @step
    def y(self):
        self.v = "y"
        self.next(self.join)

    @step
    def b(self):
        self.v = "b"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.vs = sorted(each.v for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchInSplitFlow()
