"""Each item takes its own arm; one arm goes straight on."""

from metaflow import FlowSpec
from tracing import step


class SwitchInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["l", "m", "d", "l"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = self.input
        self.next({"l": self.left, "m": self.middle, "d": self.merge}, condition="which")

    @step
    def left(self):
        self.v = "left"
        self.next(self.left2)

    @step
    def left2(self):
        self.next(self.merge)

    @step
    def middle(self):
        self.v = "middle"
        self.next(self.merge)

    @step
    def merge(self):
        self.v = (self.input, getattr(self, "v", None))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.vs = [each.v for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchInForeachFlow()
