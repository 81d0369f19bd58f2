"""A step that fails until its last try; retries in a foreach."""

from metaflow import FlowSpec, current, retry
from tracing import step


class RetryFlow(FlowSpec):
    @retry(times=2, minutes_between_retries=0)
    @step
    def start(self):
        self.tried = current.retry_count
        self.xs = [0, 1]
        if current.retry_count < 2:
            raise ValueError("again")
        self.next(self.body, foreach="xs")

    @retry(times=1, minutes_between_retries=0)
    @step
    def body(self):
        self.tried = current.retry_count
        if self.tried < self.input:
            raise ValueError("again")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.tries = [each.tried for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RetryFlow()
