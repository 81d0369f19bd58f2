"""merge_artifacts: agreed, set by the join, excluded, in one branch only."""

from metaflow import FlowSpec, step


class MergingFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.same = 1
        self.mine = 0
        self._hidden = 3
        self.next(self.a, self.b)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.differ = "a"
        self.mine = 1
        self.only = "a"
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.differ = "b"
        self.mine = 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.mine = max(each.mine for each in inputs)
        self.merge_artifacts(inputs, exclude=["differ"])
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.hidden = self._hidden
        self.has_differ = hasattr(self, "differ")


if __name__ == "__main__":
    MergingFlow()
