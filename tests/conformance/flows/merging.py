"""merge_artifacts: agreed, set by the join, excluded, in one branch only."""

from metaflow import FlowSpec
from tracing import step


class MergingFlow(FlowSpec):
    @step
    def start(self):
        self.same = 1
        self.mine = 0
        self._hidden = 3
        self.next(self.a, self.b)

    @step
    def a(self):
        self.differ = "a"
        self.mine = 1
        self.only = "a"
        self.next(self.join)

    @step
    def b(self):
        self.differ = "b"
        self.mine = 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.mine = max(each.mine for each in inputs)
        self.merge_artifacts(inputs, exclude=["differ"])
        self.next(self.end)

    @step
    def end(self):
        self.hidden = self._hidden
        self.has_differ = hasattr(self, "differ")


if __name__ == "__main__":
    MergingFlow()
