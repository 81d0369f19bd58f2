"""A caught body step, gone on from by a chain."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchThenChainFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [2, 0, 1]
        self.next(self.divide, foreach="xs")

    @catch(var="error", print_exception=False)
    @step
    def divide(self):
        self.before = True
        self.y = 6 / self.input
        self.behind = True
        self.next(self.after)

    @step
    def after(self):
        self.y = "caught" if self.error else self.y
        self.type = self.error and self.error.type
        self.kept = (hasattr(self, "before"), hasattr(self, "behind"))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = [each.y for each in inputs]
        self.kepts = [each.kept for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchThenChainFlow()
