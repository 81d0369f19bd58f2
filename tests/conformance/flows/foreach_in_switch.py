"""A foreach in an arm."""

from metaflow import FlowSpec, Parameter, step


class ForeachInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="many")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.xs = [1, 2]
        self.next({"many": self.many, "one": self.one}, condition="which")

    @step
    def many(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "many"]
        self.next(self.body, foreach="xs")

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
    def one(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "one"]
        self.ys = [1]
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.total = sum(self.ys)
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ForeachInSwitchFlow()
