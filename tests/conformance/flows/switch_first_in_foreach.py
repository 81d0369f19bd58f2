"""The body begins with the switch, its arms end at the join."""

from metaflow import FlowSpec, step


class SwitchFirstInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [0, 1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = "even" if self.input % 2 == 0 else "odd"
        self.next({"even": self.even, "odd": self.odd}, condition="which")

    @step
    def even(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "even"]
        self.v = "even"
        self.next(self.join)

    @step
    def odd(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "odd"]
        self.v = "odd"
        self.next(self.odd2)

    @step
    def odd2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "odd2"]
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
    SwitchFirstInForeachFlow()
