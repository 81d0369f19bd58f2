"""Two of three arms meet before the third joins them."""

from metaflow import FlowSpec, Parameter
from tracing import step


class PartialMergeFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.which = self.arm
        self.next({"x": self.x, "y": self.y, "z": self.z}, condition="which")

    @step
    def x(self):
        self.next(self.m)

    @step
    def y(self):
        self.next(self.m)

    @step
    def m(self):
        self.v = "m"
        self.next(self.w)

    @step
    def z(self):
        self.v = "z"
        self.next(self.w)

    @step
    def w(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    PartialMergeFlow()
