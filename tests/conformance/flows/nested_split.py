"""A split in a split."""

from metaflow import FlowSpec, step


class NestedSplitFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.x = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next(self.a2, self.a1)

    @step
    def a1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a1"]
        self.x += 1
        self.next(self.ja)

    @step
    def a2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a2"]
        self.x += 2
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "ja"]
        self.x = max(each.x for each in inputs)
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.x = 7
        self.next(self.b1, self.b2)

    @step
    def b1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b1"]
        self.next(self.jb)

    @step
    def b2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b2"]
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "jb"]
        self.merge_artifacts(inputs, exclude=["trail", "at"])
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.xs = sorted(each.x for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    NestedSplitFlow()
