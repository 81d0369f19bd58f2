"""The body begins with the switch, its arms end at the join."""

from metaflow import FlowSpec
from tracing import step


class SwitchFirstInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [0, 1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = "even" if self.input % 2 == 0 else "odd"
        self.next({"even": self.even, "odd": self.odd}, condition="which")

    @step
    def even(self):
        self.v = "even"
        self.next(self.join)

    @step
    def odd(self):
        self.v = "odd"
        self.next(self.odd2)

    @step
    def odd2(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchFirstInForeachFlow()
