"""In a foreach's body a chain and a foreach of two levels run beside each other."""

from metaflow import FlowSpec, step


class UnevenNestedFlow(FlowSpec):
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
        self.next(self.j)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.ys = [1, 2]
        self.next(self.d, foreach="ys")

    @step
    def d(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "d"]
        self.zs = [self.input]
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
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jd"]
        self.v = [each.v for each in inputs]
        self.next(self.j)

    @step
    def j(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "j"]
        self.v = inputs.jd.v
        self.next(self.to_k)

    @step
    def to_k(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_k"]
        self.ws = [1] * (self.index + 1)
        self.next(self.k, foreach="ws")

    @step
    def k(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "k"]
        self.next(self.jk)

    @step
    def jk(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jk"]
        self.n = len(list(inputs))
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    UnevenNestedFlow()
