"""Two switches with a head in common."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchSharedHeadsFlow(FlowSpec):
    first = Parameter("first", default="b")
    second = Parameter("second", default="c")

    @step
    def start(self):
        self.which = self.first
        self.next({"a": self.a, "b": self.other}, condition="which")

    @step
    def other(self):
        self.which = self.second
        self.next({"a": self.a, "c": self.c}, condition="which")

    @step
    def a(self):
        self.v = "a"
        self.next(self.merge)

    @step
    def c(self):
        self.v = "c"
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchSharedHeadsFlow()
