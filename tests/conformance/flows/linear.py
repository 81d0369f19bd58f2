"""A chain."""

from metaflow import FlowSpec
from tracing import step


class LinearFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.a)

    @step
    def a(self):
        self.x += 1
        self.next(self.b)

    @step
    def b(self):
        self.x *= 10
        self.next(self.end)

    @step
    def end(self):
        self.y = self.x


if __name__ == "__main__":
    LinearFlow()
