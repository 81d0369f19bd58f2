"""A foreach in an arm of a switch, with a switch in its body."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchInForeachInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="many")

    @step
    def start(self):
        self.next({"many": self.many, "one": self.one}, condition="arm")

    @step
    def many(self):
        self.xs = [1, 2, 3]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.kind = "odd" if self.input % 2 else "even"
        self.next({"odd": self.odd, "even": self.even}, condition="kind")

    @step
    def odd(self):
        self.v = f"odd {self.input}"
        self.next(self.meet)

    @step
    def even(self):
        self.v = f"even {self.input}"
        self.next(self.meet)

    @step
    def meet(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.end)

    @step
    def one(self):
        self.v = "one"
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchInForeachInSwitchFlow()
