"""Two of three arms meet before the third joins them."""

from metaflow import FlowSpec, Parameter, step


class PartialMergeFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.next({"x": self.x, "y": self.y, "z": self.z}, condition="which")

    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        self.next(self.m)

    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.next(self.m)

    @step
    def m(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "m"]
        self.v = "m"
        self.next(self.w)

    @step
    def z(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "z"]
        self.v = "z"
        self.next(self.w)

    @step
    def w(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "w"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    PartialMergeFlow()
