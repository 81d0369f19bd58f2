"""Two foreaches in parallel branches of a foreach's body."""

from metaflow import FlowSpec, step


class ParallelNestedFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next(self.b, self.c)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.ys = list(range(self.input))
        self.next(self.d, foreach="ys")

    @step
    def d(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "d"]
        self.v = self.input
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jd"]
        self.v = [each.v for each in inputs]
        self.next(self.d2)

    @step
    def d2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "d2"]
        self.next(self.j)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.next(self.c2)

    @step
    def c2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c2"]
        self.zs = "pqr"[self.index :]
        self.next(self.e, foreach="zs")

    @step
    def e(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "e"]
        self.v = self.input
        self.next(self.je)

    @step
    def je(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "je"]
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "j"]
        self.v = (inputs.d2.v, inputs.je.v)
        self.next(self.after)

    @step
    def after(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "after"]
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
    ParallelNestedFlow()
