"""merge_artifacts in the join of a foreach that is in a foreach."""

from metaflow import FlowSpec, step


class MergingForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 2]
        self.same = "s"
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.mine = self.input
        self.ys = [0, 1]
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.differ = self.index
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.merge_artifacts(inputs, exclude=["differ"])
        self.again = (self.input, self.mine)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.merge_artifacts(inputs, include=["same", "xs"])
        self.agains = [each.again for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    MergingForeachFlow()
