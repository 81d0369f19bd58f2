"""One item of a foreach fails."""

from metaflow import FlowSpec, step


class FailsInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 0]
        self.next(self.divide, foreach="xs")

    @step
    def divide(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "divide"]
        self.y = 1 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    FailsInForeachFlow()
