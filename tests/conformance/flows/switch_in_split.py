"""A switch in a branch of a split, whose arms lead straight into the join."""

from metaflow import FlowSpec, Parameter, step


class SwitchInSplitFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.next(self.a, self.b)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next({"x": self.x, "y": self.y}, condition="which")

    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        self.v = "x"
        self.next(self.join)

    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.v = "y"
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.vs = sorted(each.v for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchInSplitFlow()
