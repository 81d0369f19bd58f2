"""A caught body step, gone on from by the join."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchThenJoinFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [2, 0, 1]
        self.next(self.divide, foreach="xs")

    @catch(var="error", print_exception=False)
    @step
    def divide(self):
        self.y = 6 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.ys = ["caught" if each.error else each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchThenJoinFlow()
