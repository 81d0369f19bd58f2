"""Cases that are numbers and text that is no name; two lead to the same step."""

from metaflow import FlowSpec, Parameter
from tracing import step


class SwitchKeysFlow(FlowSpec):
    case = Parameter("case", default=0)

    @step
    def start(self):
        self.which = [1, 2, True, "+1"][self.case]
        self.next({1: self.a, 2: self.b, "+1": self.a}, condition="which")

    @step
    def a(self):
        self.v = "a"
        self.next(self.merge)

    @step
    def b(self):
        self.v = "b"
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchKeysFlow()
