"""A foreach over a class constant, a parameter, and a private artifact."""

from metaflow import FlowSpec, JSONType, Parameter, step


class ForeachSourcesFlow(FlowSpec):
    CONSTANT = ("u", "v")
    given = Parameter("given", type=JSONType, default="[10, 20]")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.a, foreach="CONSTANT")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.next(self.to_b)

    @step
    def to_b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_b"]
        self.next(self.b, foreach="given")

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.y = self.input + 1
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.ys = [each.y for each in inputs]
        self.next(self.to_c)

    @step
    def to_c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "to_c"]
        self._hidden = [7]
        self.next(self.c, foreach="_hidden")

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
    ForeachSourcesFlow()
