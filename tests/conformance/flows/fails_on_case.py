"""A switch meets a value that is no case."""

from metaflow import FlowSpec
from tracing import step


class FailsOnCaseFlow(FlowSpec):
    @step
    def start(self):
        self.which = "z"
        self.next({"a": self.a, "b": self.b}, condition="which")

    @step
    def a(self):
        self.next(self.end)

    @step
    def b(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailsOnCaseFlow()
