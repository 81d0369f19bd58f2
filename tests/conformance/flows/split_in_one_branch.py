"""One branch splits again, the other is a chain."""

from metaflow import FlowSpec
from tracing import step


class SplitInOneBranchFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next(self.a1, self.a2)

    @step
    def a1(self):
        self.next(self.ja)

    @step
    def a2(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.x = 2
        self.next(self.join)

    @step
    def b(self):
        self.x = 3
        self.next(self.b2)

    @step
    def b2(self):
        self.x += 1
        self.next(self.join)

    @step
    def join(self, inputs):
        self.xs = (inputs.ja.x, inputs.b2.x)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SplitInOneBranchFlow()
