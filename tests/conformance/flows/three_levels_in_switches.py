"""Each foreach is in an arm of a switch that few items take."""

from metaflow import FlowSpec, JSONType, Parameter, step


class ThreeLevelsInSwitchesFlow(FlowSpec):
    xs = Parameter("xs", type=JSONType, default="[0, 1, 2]")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.go = self.input > 0
        self.next({True: self.b, False: self.m}, condition="go")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.ys = [0, 1, 2][: self.input + 1]
        self.next(self.c, foreach="ys")

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.go = self.input > 1
        self.next({True: self.d, False: self.n}, condition="go")

    @step
    def d(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "d"]
        self.zs = [0, 1]
        self.next(self.e, foreach="zs")

    @step
    def e(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "e"]
        self.go = self.input > 0
        self.next({True: self.p, False: self.q}, condition="go")

    @step
    def p(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p"]
        self.v = "p"
        self.next(self.je)

    @step
    def q(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q"]
        self.v = "q"
        self.next(self.je)

    @step
    def je(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "je"]
        self.v = [each.v for each in inputs]
        self.next(self.n)

    @step
    def n(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "n"]
        self.v = getattr(self, "v", "n")
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jc"]
        self.v = [each.v for each in inputs]
        self.next(self.m)

    @step
    def m(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "m"]
        self.v = getattr(self, "v", "m")
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.v = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ThreeLevelsInSwitchesFlow()
