"""A foreach in a foreach, with steps before and after, and of uneven sizes."""

from metaflow import FlowSpec, step


class Nested2Flow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [2, 1, 3]
        self.next(self.pre)

    @step
    def pre(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "pre"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.base = self.input * 10
        self.next(self.a2)

    @step
    def a2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a2"]
        self.ys = list(range(self.input))
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.z = self.base + self.input
        self.next(self.b2)

    @step
    def b2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b2"]
        self.z = (self.z, self.index)
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.zs = [each.z for each in inputs]
        self.merge_artifacts(inputs, include=["base", "xs"])
        self.next(self.post)

    @step
    def post(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "post"]
        self.total = sum(z for z, _ in self.zs)
        self.again = self.input
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.totals = [each.total for each in inputs]
        self.bases = [each.base for each in inputs]
        self.next(self.done)

    @step
    def done(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "done"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    Nested2Flow()
