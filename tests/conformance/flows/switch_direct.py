"""An arm that leads straight to where the arms meet."""

from metaflow import FlowSpec, Parameter, step


class SwitchDirectFlow(FlowSpec):
    arm = Parameter("arm", default="detour")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.v = 0
        self.next({"detour": self.detour, "direct": self.merge}, condition="which")

    @step
    def detour(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "detour"]
        self.v = 1
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
    SwitchDirectFlow()
