"""An arm of a switch in a foreach is a foreach: for some items, none or all."""

from metaflow import FlowSpec, JSONType, Parameter
from tracing import step


class ForeachInSwitchInForeachFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[2, 0, 3]")

    @step
    def start(self):
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = "many" if self.input else "none"
        self.next({"many": self.many, "none": self.none}, condition="which")

    @step
    def many(self):
        self.ys = list(range(self.input))
        self.next(self.body, foreach="ys")

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
    def none(self):
        self.ys = []
        self.next(self.merge)

    @step
    def merge(self):
        self.total = sum(self.ys)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.totals = [each.total for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachInSwitchInForeachFlow()
