"""The body of a foreach begins with the recursive step, which leaves on two ways."""

from metaflow import FlowSpec
from tracing import step


class RecursionFirstInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.loop, foreach="xs")

    @step
    def loop(self):
        self.n = getattr(self, "n", 0) + 1
        self.go = "on" if self.n < 3 else f"off{self.input}"
        self.next({"on": self.loop, "off1": self.p, "off2": self.q}, condition="go")

    @step
    def p(self):
        self.next(self.join)

    @step
    def q(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RecursionFirstInForeachFlow()
