"""Class constants, also a list that a step changes in place."""

from metaflow import FlowSpec, step


class ConstantsFlow(FlowSpec):
    NUMBER = 3
    LIST = [1, 2]  # noqa: RUF012 - a step changes it in place
    TABLE = {"k": (1, None)}  # noqa: RUF012

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.LIST.append(3)
        self.seen = list(self.LIST)
        self.next(self.a, self.b)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.seen = list(self.LIST)
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.seen = self.TABLE["k"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.seen = self.NUMBER
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.seen = list(self.LIST)


if __name__ == "__main__":
    ConstantsFlow()
