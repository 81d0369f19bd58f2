"""A static split, whose branches are not in alphabetical order."""

from metaflow import FlowSpec, step


class SplitFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.x = 1
        self.next(self.c, self.a, self.b)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.own = "a"
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.own = "b"
        self.next(self.join)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.own = "c"
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.named = (inputs.a.own, inputs.b.own, inputs.c.own)
        self.owns = sorted(each.own for each in inputs)
        self.merge_artifacts(inputs, include=["x"])
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.has_own = hasattr(self, "own")


if __name__ == "__main__":
    SplitFlow()
