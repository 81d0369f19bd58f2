"""An arm that leads straight to where the arms meet."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchDirectFlow(FlowSpec):
    arm = Parameter("arm", default="detour")

    @step
    def start(self):
        self.which = self.arm
        self.v = 0
        self.next({"detour": self.detour, "direct": self.merge}, condition="which")

    @step
    def detour(self):
        self.v = 1
        self.next(self.merge)

    @step
    def merge(self):
        self.w = self.v
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchDirectFlow()
