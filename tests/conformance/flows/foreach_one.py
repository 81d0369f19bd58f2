"""A foreach of one item."""

from metaflow import FlowSpec
from tracing import step


class ForeachOneFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [None]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.y = self.input is None
        self.next(self.middle)

    @step
    def middle(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachOneFlow()
