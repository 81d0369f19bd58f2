"""What the frames of an inner join say of the items outside of it."""

from metaflow import FlowSpec
from tracing import step


class JoinValuesFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["o", "p"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.ys = [1]
        self.next(self.b, foreach="ys")

    @step
    def b(self):
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.stack = self.foreach_stack()
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    JoinValuesFlow()
