"""merge_artifacts refuses what the branches disagree on."""

from metaflow import FlowSpec
from tracing import step


class MergingConflictFlow(FlowSpec):
    @step
    def start(self):
        self.same = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.differ = "a"
        self.next(self.join)

    @step
    def b(self):
        self.differ = "b"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.merge_artifacts(inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    MergingConflictFlow()
