"""In an arm some items take: a split of a chain and a foreach."""

from metaflow import FlowSpec, JSONType, Parameter
from tracing import step


class UnevenSplitInSwitchInForeachFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[1, 0, 2]")

    @step
    def start(self):
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = "wide" if self.input else "flat"
        self.next({"wide": self.wide, "flat": self.flat}, condition="which")

    @step
    def wide(self):
        self.next(self.p, self.q)

    @step
    def p(self):
        self.v = "p"
        self.next(self.p2)

    @step
    def p2(self):
        self.next(self.j)

    @step
    def q(self):
        self.ys = list(range(self.input))
        self.next(self.body, foreach="ys")

    @step
    def body(self):
        self.v = self.input
        self.next(self.jq)

    @step
    def jq(self, inputs):
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.v = (inputs.p2.v, inputs.jq.v)
        self.next(self.merge)

    @step
    def flat(self):
        self.v = "flat"
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    UnevenSplitInSwitchInForeachFlow()
