"""An arm of a switch fails; the other one is not taken."""

from metaflow import FlowSpec
from tracing import step


class FailsInArmFlow(FlowSpec):
    @step
    def start(self):
        self.which = "a"
        self.next({"a": self.a, "b": self.b}, condition="which")

    @step
    def a(self):
        raise ValueError("in the arm")
        self.next(self.merge)

    @step
    def b(self):
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailsInArmFlow()
