"""A foreach of one item."""

from metaflow import FlowSpec, step


class ForeachOneFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [None]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.y = self.input is None
        self.next(self.middle)

    @step
    def middle(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "middle"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ForeachOneFlow()
