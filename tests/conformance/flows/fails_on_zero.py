"""A foreach over nothing."""

from metaflow import FlowSpec
from tracing import step


class FailsOnZeroFlow(FlowSpec):
    @step
    def start(self):
        self.xs = []
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailsOnZeroFlow()
