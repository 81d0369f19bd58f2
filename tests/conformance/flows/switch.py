"""Three arms at top level."""

from metaflow import FlowSpec, Parameter, step


class SwitchFlow(FlowSpec):
    arm = Parameter("arm", default="one")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.next({"one": self.a, "two": self.b, "three": self.c}, condition="which")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.v = "a"
        self.next(self.a2)

    @step
    def a2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a2"]
        self.next(self.merge)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
        self.next(self.merge)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.v = "c"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.w = self.v
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchFlow()
