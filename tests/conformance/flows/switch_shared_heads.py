"""Two switches with a head in common."""

from metaflow import FlowSpec, Parameter, step


class SwitchSharedHeadsFlow(FlowSpec):
    first = Parameter("first", default="b")
    second = Parameter("second", default="c")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.first
        self.next({"a": self.a, "b": self.other}, condition="which")

    @step
    def other(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "other"]
        self.which = self.second
        self.next({"a": self.a, "c": self.c}, condition="which")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.v = "a"
        self.next(self.merge)

    @step
    def c(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "c"]
        self.v = "c"
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    SwitchSharedHeadsFlow()
