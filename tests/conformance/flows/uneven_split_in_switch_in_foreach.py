"""In an arm some items take: a split of a chain and a foreach."""

from metaflow import FlowSpec, JSONType, Parameter, step


class UnevenSplitInSwitchInForeachFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[1, 0, 2]")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = "wide" if self.input else "flat"
        self.next({"wide": self.wide, "flat": self.flat}, condition="which")

    @step
    def wide(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "wide"]
        self.next(self.p, self.q)

    @step
    def p(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p"]
        self.v = "p"
        self.next(self.p2)

    @step
    def p2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p2"]
        self.next(self.j)

    @step
    def q(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q"]
        self.ys = list(range(self.input))
        self.next(self.body, foreach="ys")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.v = self.input
        self.next(self.jq)

    @step
    def jq(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jq"]
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "j"]
        self.v = (inputs.p2.v, inputs.jq.v)
        self.next(self.merge)

    @step
    def flat(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "flat"]
        self.v = "flat"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    UnevenSplitInSwitchInForeachFlow()
