"""An arm of a switch in a foreach is a foreach: for some items, none or all."""

from metaflow import FlowSpec, JSONType, Parameter, step


class ForeachInSwitchInForeachFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[2, 0, 3]")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = "many" if self.input else "none"
        self.next({"many": self.many, "none": self.none}, condition="which")

    @step
    def many(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "many"]
        self.ys = list(range(self.input))
        self.next(self.body, foreach="ys")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.y = self.input
        self.next(self.body2)

    @step
    def body2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body2"]
        self.next(self.jm)

    @step
    def jm(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jm"]
        self.ys = [each.y for each in inputs]
        self.next(self.merge)

    @step
    def none(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "none"]
        self.ys = []
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.total = sum(self.ys)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.totals = [each.total for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ForeachInSwitchInForeachFlow()
