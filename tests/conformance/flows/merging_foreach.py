"""merge_artifacts in the join of a foreach that is in a foreach."""

from metaflow import FlowSpec
from tracing import step


class MergingForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.same = "s"
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.mine = self.input
        self.ys = [0, 1]
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.differ = self.index
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.merge_artifacts(inputs, exclude=["differ"])
        self.again = (self.input, self.mine)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.merge_artifacts(inputs, include=["same", "xs"])
        self.agains = [each.again for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    MergingForeachFlow()
