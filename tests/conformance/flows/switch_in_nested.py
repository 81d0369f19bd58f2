"""A switch in the inner body of two foreaches, with arms straight into the inner join."""

from metaflow import FlowSpec, step


class SwitchInNestedFlow(FlowSpec):
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
        self.ys = [0, 1, 2][self.index :]
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.which = "even" if (self.input + self.index) % 2 == 0 else "odd"
        self.next({"even": self.even, "odd": self.odd}, condition="which")

    @step
    def even(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "even"]
        self.v = ("even", self.input)
        self.next(self.jb)

    @step
    def odd(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "odd"]
        self.v = ("odd", self.input)
        self.next(self.odd2)

    @step
    def odd2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "odd2"]
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.vs = [each.v for each in inputs]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.vs = [each.vs for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchInNestedFlow()
