"""A static split in an arm."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SplitInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="wide")

    @step
    def start(self):
        self.which = self.arm
        self.next({"wide": self.wide, "flat": self.flat}, condition="which")

    @step
    def wide(self):
        self.next(self.b, self.a)

    @step
    def a(self):
        self.v = "a"
        self.next(self.j)

    @step
    def b(self):
        self.v = "b"
        self.next(self.j)

    @step
    def j(self, inputs):
        self.v = sorted(each.v for each in inputs)
        self.next(self.merge)

    @step
    def flat(self):
        self.v = ["flat"]
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SplitInSwitchFlow()
