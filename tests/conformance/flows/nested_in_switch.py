"""Two levels of foreach, with a switch and a foreach in the inner body, in an arm."""

from metaflow import FlowSpec, Parameter
from tracing import step


class NestedInSwitchFlow(FlowSpec):
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
        self.kind = "deep" if self.input == 2 else "flat"
        self.next({"deep": self.deep, "flat": self.flat}, condition="kind")

    @step
    def deep(self):
        self.ys = "pq"
        self.next(self.inner, foreach="ys")

    @step
    def inner(self):
        self.v = self.input
        self.next(self.ji)

    @step
    def ji(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.jm)

    @step
    def flat(self):
        self.v = "flat"
        self.next(self.jm)

    @step
    def jm(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.merge)

    @step
    def one(self):
        self.v = 1
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedInSwitchFlow()
