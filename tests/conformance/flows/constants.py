"""Class constants, also a list that a step changes in place."""

from metaflow import FlowSpec
from tracing import step


class ConstantsFlow(FlowSpec):
    NUMBER = 3
    LIST = [1, 2]  # noqa: RUF012 - a step changes it in place
    TABLE = {"k": (1, None)}  # noqa: RUF012

    @step
    def start(self):
        self.LIST.append(3)
        self.seen = list(self.LIST)
        self.next(self.a, self.b)

    @step
    def a(self):
        self.seen = list(self.LIST)
        self.next(self.join)

    @step
    def b(self):
        self.seen = self.TABLE["k"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = self.NUMBER
        self.next(self.end)

    @step
    def end(self):
        self.seen = list(self.LIST)


if __name__ == "__main__":
    ConstantsFlow()
