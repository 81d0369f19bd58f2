"""A foreach in an arm."""

from metaflow import FlowSpec, Parameter
from tracing import step


class ForeachInSwitchFlow(FlowSpec):
    arm = Parameter("arm", default="many")

    @step
    def start(self):
        self.which = self.arm
        self.xs = [1, 2]
        self.next({"many": self.many, "one": self.one}, condition="which")

    @step
    def many(self):
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.y = self.input
        self.next(self.body2)

    @step
    def body2(self):
        self.next(self.jm)

    @step
    def jm(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.merge)

    @step
    def one(self):
        self.ys = [1]
        self.next(self.merge)

    @step
    def merge(self):
        self.total = sum(self.ys)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachInSwitchFlow()
