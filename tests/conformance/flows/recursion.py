"""A switch that leads to itself."""

from metaflow import FlowSpec
from tracing import step


class RecursionFlow(FlowSpec):
    @step
    def start(self):
        self.n = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.n += 1
        self.go = "on" if self.n < 3 else "off"
        self.next({"on": self.loop, "off": self.done}, condition="go")

    @step
    def done(self):
        self.last = self.n
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RecursionFlow()
