"""A foreach, and what its join may see."""

from metaflow import FlowSpec, step


class ForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["p", "q", "r"]
        self.kept = 1
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.y = self.input * 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ys = [each.y for each in inputs]
        self.last = inputs.body.y
        self.first = inputs[0].y
        self.has_kept = hasattr(self, "kept")
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.has_xs = hasattr(self, "xs")


if __name__ == "__main__":
    ForeachFlow()
