"""A static split in an arm."""

from metaflow import FlowSpec, Parameter, step


class SplitInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="wide")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.next({"wide": self.wide, "flat": self.flat}, condition="which")

    @step
    def wide(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "wide"]
        self.next(self.b, self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.v = "a"
        self.next(self.j)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
        self.next(self.j)

    @step
    def j(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "j"]
        self.v = sorted(each.v for each in inputs)
        self.next(self.merge)

    @step
    def flat(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "flat"]
        self.v = ["flat"]
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
    SplitInSwitchFlow()
