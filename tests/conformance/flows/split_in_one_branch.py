"""One branch splits again, the other is a chain."""

from metaflow import FlowSpec, step


class SplitInOneBranchFlow(FlowSpec):
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
        self.next(self.a1, self.a2)

    @step
    def a1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a1"]
        self.next(self.ja)

    @step
    def a2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a2"]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "ja"]
        self.x = 2
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.x = 3
        self.next(self.b2)

    @step
    def b2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b2"]
        self.x += 1
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.xs = (inputs.ja.x, inputs.b2.x)
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SplitInOneBranchFlow()
