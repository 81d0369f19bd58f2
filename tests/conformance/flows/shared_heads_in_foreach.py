"""Two switches with a head in common, for each item."""

from metaflow import FlowSpec, step


class SharedHeadsInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [0, 1, 2, 3]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = self.input % 2
        self.next({0: self.h, 1: self.s}, condition="which")

    @step
    def s(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "s"]
        self.second = self.input // 2
        self.next({0: self.h, 1: self.k}, condition="second")

    @step
    def h(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "h"]
        self.v = "h"
        self.next(self.m)

    @step
    def k(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "k"]
        self.v = "k"
        self.next(self.m)

    @step
    def m(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "m"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SharedHeadsInForeachFlow()
