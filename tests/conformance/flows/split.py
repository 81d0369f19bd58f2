"""A static split, whose branches are not in alphabetical order."""

from metaflow import FlowSpec
from tracing import step


class SplitFlow(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.c, self.a, self.b)

    @step
    def a(self):
        self.own = "a"
        self.next(self.join)

    @step
    def b(self):
        self.own = "b"
        self.next(self.join)

    @step
    def c(self):
        self.own = "c"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.named = (inputs.a.own, inputs.b.own, inputs.c.own)
        self.owns = sorted(each.own for each in inputs)
        self.merge_artifacts(inputs, include=["x"])
        self.next(self.end)

    @step
    def end(self):
        self.has_own = hasattr(self, "own")


if __name__ == "__main__":
    SplitFlow()
