"""Foreaches over what cannot be indexed: a dict, a set, a generator."""

from metaflow import FlowSpec, step


class ForeachUnorderedFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.items = {"b": 1, "a": 2}
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
        self.numbers = {30, 10, 20}
        self.next(self.to_b)

    @step
    def to_b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_b"]
        self.next(self.b, foreach="numbers")

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
        self.ys = sorted(each.y for each in inputs)
        self.got = []
        self.trail = []
        self.next(self.to_c)

    @step
    def to_c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_c"]
        self.squares = (n * n for n in range(3))
        self.next(self.c, foreach="squares")

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.y = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jc"]
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    ForeachUnorderedFlow()
