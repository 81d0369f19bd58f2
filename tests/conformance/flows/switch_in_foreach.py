"""Each item takes its own arm; one arm goes straight on."""

from metaflow import FlowSpec, step


class SwitchInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["l", "m", "d", "l"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = self.input
        self.next({"l": self.left, "m": self.middle, "d": self.merge}, condition="which")

    @step
    def left(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "left"]
        self.v = "left"
        self.next(self.left2)

    @step
    def left2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "left2"]
        self.next(self.merge)

    @step
    def middle(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "middle"]
        self.v = "middle"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.v = (self.input, getattr(self, "v", None))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchInForeachFlow()
