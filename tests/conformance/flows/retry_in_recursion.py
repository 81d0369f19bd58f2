"""A step that goes round, and fails once in its second round, in a foreach."""

from metaflow import FlowSpec, current, retry
from tracing import step


class RetryInRecursionFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.loop, foreach="xs")

    @retry(times=2, minutes_between_retries=0)
    @step
    def loop(self):
        self.round = getattr(self, "round", -1) + 1
        self.tried = [*getattr(self, "tried", []), current.retry_count]
        if self.round == 1 and current.retry_count == 0:
            raise ValueError("again")
        self.more = self.round < self.input
        self.next({True: self.loop, False: self.after}, condition="more")

    @step
    def after(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.tried = [each.tried for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RetryInRecursionFlow()
