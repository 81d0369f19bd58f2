"""A foreach over as many items as asked for."""

from metaflow import FlowSpec, Parameter, step


class ManyFlow(FlowSpec):
    count = Parameter("count", type=int, default=2)
    inner = Parameter("inner", type=int, default=1)

    @step
    def start(self):
        self.items = list(range(self.count))
        self.next(self.body, foreach="items")

    @step
    def body(self):
        self.more = list(range(self.inner))
        self.next(self.leaf, foreach="more")

    @step
    def leaf(self):
        self.next(self.join_more)

    @step
    def join_more(self, inputs):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.joined = len(inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ManyFlow()
