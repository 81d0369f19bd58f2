"""One item of a foreach fails."""

from metaflow import FlowSpec
from tracing import step


class FailsInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 0]
        self.next(self.divide, foreach="xs")

    @step
    def divide(self):
        self.y = 1 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailsInForeachFlow()
