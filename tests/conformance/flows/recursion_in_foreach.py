"""Each item goes round as often as it says."""

from metaflow import FlowSpec
from tracing import step


class RecursionInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 3, 2]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.n = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.n += 1
        self.go = self.n < self.input
        self.next({True: self.loop, False: self.done}, condition="go")

    @step
    def done(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RecursionInForeachFlow()
