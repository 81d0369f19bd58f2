"""Cases that are numbers and text that is no name; two lead to the same step."""

from metaflow import FlowSpec, Parameter, step


class SwitchKeysFlow(FlowSpec):
    case = Parameter("case", default=0)

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = [1, 2, True, "+1"][self.case]
        self.next({1: self.a, 2: self.b, "+1": self.a}, condition="which")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.v = "a"
        self.next(self.merge)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = "b"
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
    SwitchKeysFlow()
