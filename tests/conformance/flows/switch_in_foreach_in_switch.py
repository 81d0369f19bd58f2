"""A foreach in an arm of a switch, with a switch in its body."""

from metaflow import FlowSpec, Parameter, step


class SwitchInForeachInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="many")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next({"many": self.many, "one": self.one}, condition="arm")

    @step
    def many(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "many"]
        self.xs = [1, 2, 3]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.kind = "odd" if self.input % 2 else "even"
        self.next({"odd": self.odd, "even": self.even}, condition="kind")

    @step
    def odd(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "odd"]
        self.v = f"odd {self.input}"
        self.next(self.meet)

    @step
    def even(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "even"]
        self.v = f"even {self.input}"
        self.next(self.meet)

    @step
    def meet(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "meet"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.v = [each.v for each in inputs]
        self.next(self.end)

    @step
    def one(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "one"]
        self.v = "one"
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchInForeachInSwitchFlow()
