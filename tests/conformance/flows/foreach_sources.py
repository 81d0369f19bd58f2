"""A foreach over a class constant, a parameter, and a private artifact."""

from metaflow import FlowSpec, JSONType, Parameter
from tracing import step


class ForeachSourcesFlow(FlowSpec):
    CONSTANT = ("u", "v")
    given = Parameter("given", type=JSONType, default="[10, 20]")

    @step
    def start(self):
        self.next(self.a, foreach="CONSTANT")

    @step
    def a(self):
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.next(self.to_b)

    @step
    def to_b(self):
        self.next(self.b, foreach="given")

    @step
    def b(self):
        self.y = self.input + 1
        self.next(self.jb)

    @step
    def jb(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.to_c)

    @step
    def to_c(self):
        self._hidden = [7]
        self.next(self.c, foreach="_hidden")

    @step
    def c(self):
        self.y = self.input
        self.next(self.jc)

    @step
    def jc(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForeachSourcesFlow()
