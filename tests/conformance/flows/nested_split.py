"""A split in a split."""

from metaflow import FlowSpec
from tracing import step


class NestedSplitFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next(self.a2, self.a1)

    @step
    def a1(self):
        self.x += 1
        self.next(self.ja)

    @step
    def a2(self):
        self.x += 2
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.x = max(each.x for each in inputs)
        self.next(self.join)

    @step
    def b(self):
        self.x = 7
        self.next(self.b1, self.b2)

    @step
    def b1(self):
        self.next(self.jb)

    @step
    def b2(self):
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.merge_artifacts(inputs, exclude=["trail", "at"])
        self.next(self.join)

    @step
    def join(self, inputs):
        self.xs = sorted(each.x for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedSplitFlow()
