"""A foreach, and what its join may see."""

from metaflow import FlowSpec
from tracing import step


class ForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["p", "q", "r"]
        self.kept = 1
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.y = self.input * 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = [each.y for each in inputs]
        self.last = inputs.body.y
        self.first = inputs[0].y
        self.has_kept = hasattr(self, "kept")
        self.next(self.end)

    @step
    def end(self):
        self.has_xs = hasattr(self, "xs")


if __name__ == "__main__":
    ForeachFlow()
