"""A foreach in one branch of a static split."""

from metaflow import FlowSpec
from tracing import step


class ForeachInSplitFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.xs = "uv"
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.y = self.input
        self.next(self.jf)

    @step
    def jf(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.join)

    @step
    def b(self):
        self.ys = []
        self.next(self.join)

    @step
    def join(self, inputs):
        self.both = (inputs.jf.ys, inputs.b.ys)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachInSplitFlow()
