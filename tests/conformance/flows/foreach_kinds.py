"""One foreach after another, over each kind of thing that can be indexed."""

import numpy as np
from metaflow import FlowSpec, step


class ForeachKindsFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.items = range(2, 8, 3)
        self.next(self.a, foreach="items")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.y = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.ys = [each.y for each in inputs]
        self.text = "häß"
        self.next(self.to_b)

    @step
    def to_b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_b"]
        self.next(self.b, foreach="text")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.y = self.input
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.ys = [each.y for each in inputs]
        self.array = np.arange(6).reshape(3, 2)
        self.next(self.to_c)

    @step
    def to_c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_c"]
        self.next(self.c, foreach="array")

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.y = self.input.tolist()
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jc"]
        self.ys = [each.y for each in inputs]
        self.pair = ((1, 2), {"k": 3})
        self.next(self.to_d)

    @step
    def to_d(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_d"]
        self.next(self.d, foreach="pair")

    @step
    def d(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "d"]
        self.y = self.input
        self.next(self.jd)

    @step
    def jd(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jd"]
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ForeachKindsFlow()
