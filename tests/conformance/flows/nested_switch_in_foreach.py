"""Switches in a switch's arm, for each item."""

from metaflow import FlowSpec
from tracing import step


class NestedSwitchInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["ax", "ay", "b", "c"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = self.input[0]
        self.next({"a": self.inside, "b": self.b, "c": self.merge}, condition="which")

    @step
    def inside(self):
        self.second = self.input[1]
        self.next({"x": self.x, "y": self.meet}, condition="second")

    @step
    def x(self):
        self.v = "x"
        self.next(self.meet)

    @step
    def meet(self):
        self.w = getattr(self, "v", "-")
        self.next(self.merge)

    @step
    def b(self):
        self.w = "b"
        self.next(self.merge)

    @step
    def merge(self):
        self.u = getattr(self, "w", "none")
        self.next(self.after)

    @step
    def after(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.us = [each.u for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedSwitchInForeachFlow()
