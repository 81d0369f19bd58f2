"""What a loop gathers is split over."""

from metaflow import FlowSpec
from tracing import step


class RecursionThenForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = []
        self.next(self.loop)

    @step
    def loop(self):
        self.xs = [*self.xs, len(self.xs)]
        self.go = "on" if len(self.xs) < 3 else "off"
        self.next({"on": self.loop, "off": self.ready}, condition="go")

    @step
    def ready(self):
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.y = self.input * 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RecursionThenForeachFlow()
