"""The body of a foreach begins with the recursive step, which leaves on two ways."""

from metaflow import FlowSpec, step


class RecursionFirstInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 2]
        self.next(self.loop, foreach="xs")

    @step
    def loop(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "loop"]
        self.n = getattr(self, "n", 0) + 1
        self.go = "on" if self.n < 3 else f"off{self.input}"
        self.next({"on": self.loop, "off1": self.p, "off2": self.q}, condition="go")

    @step
    def p(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p"]
        self.next(self.join)

    @step
    def q(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    RecursionFirstInForeachFlow()
