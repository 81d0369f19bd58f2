"""Three levels, with steps before and after each."""

from metaflow import FlowSpec, step


class Nested3Flow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["a", "b"]
        self.next(self.a0, foreach="xs")

    @step
    def a0(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a0"]
        self.next(self.a1)

    @step
    def a1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a1"]
        self.ys = [self.input + c for c in "xyz"[: self.index + 1]]
        self.next(self.b0, foreach="ys")

    @step
    def b0(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b0"]
        self.next(self.b1)

    @step
    def b1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b1"]
        self.zs = [self.input + c for c in "01"]
        self.next(self.c0, foreach="zs")

    @step
    def c0(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c0"]
        self.next(self.c1)

    @step
    def c1(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c1"]
        self.w = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jc"]
        self.w = [each.w for each in inputs]
        self.next(self.c2)

    @step
    def c2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c2"]
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.w = [each.w for each in inputs]
        self.next(self.b2)

    @step
    def b2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b2"]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.w = [each.w for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    Nested3Flow()
