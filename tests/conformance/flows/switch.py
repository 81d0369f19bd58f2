"""Three arms at top level."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchFlow(FlowSpec):
    arm = Parameter("arm", default="one")

    @step
    def start(self):
        self.which = self.arm
        self.next({"one": self.a, "two": self.b, "three": self.c}, condition="which")

    @step
    def a(self):
        self.v = "a"
        self.next(self.a2)

    @step
    def a2(self):
        self.next(self.merge)

    @step
    def b(self):
        self.v = "b"
        self.next(self.merge)

    @step
    def c(self):
        self.v = "c"
        self.next(self.merge)

    @step
    def merge(self):
        self.w = self.v
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchFlow()
