"""Two levels of foreach, with a switch and a foreach in the inner body, in an arm."""

from metaflow import FlowSpec, Parameter, step


class NestedInSwitchFlow(FlowSpec):
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
        self.kind = "deep" if self.input == 2 else "flat"
        self.next({"deep": self.deep, "flat": self.flat}, condition="kind")

    @step
    def deep(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "deep"]
        self.ys = "pq"
        self.next(self.inner, foreach="ys")

    @step
    def inner(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "inner"]
        self.v = self.input
        self.next(self.ji)

    @step
    def ji(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ji"]
        self.v = [each.v for each in inputs]
        self.next(self.jm)

    @step
    def flat(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "flat"]
        self.v = "flat"
        self.next(self.jm)

    @step
    def jm(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jm"]
        self.v = [each.v for each in inputs]
        self.next(self.merge)

    @step
    def one(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "one"]
        self.v = 1
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    NestedInSwitchFlow()
