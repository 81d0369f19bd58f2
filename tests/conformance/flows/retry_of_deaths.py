"""Processes that die, each attempt in another way, and are started again."""

import os
import signal
import sys

from metaflow import FlowSpec, current, retry
from tracing import step


class RetryOfDeathsFlow(FlowSpec):
    @retry(times=3, minutes_between_retries=0)
    @step
    def start(self):
        self.lost = "only in this attempt"
        if current.retry_count == 0:
            os._exit(5)
        if current.retry_count == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if current.retry_count == 2:
            sys.exit(3)
        self.tried = current.retry_count
        self.xs = [0, 1, 2]
        self.next(self.body, foreach="xs")

    @retry(times=2, minutes_between_retries=0)
    @step
    def body(self):
        if current.retry_count < self.input:
            os.kill(os.getpid(), signal.SIGKILL)
        self.tried = current.retry_count
        self.next(self.join)

    @retry(times=1, minutes_between_retries=0)
    @step
    def join(self, inputs):
        if current.retry_count == 0:
            os._exit(1)
        self.tries = [each.tried for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RetryOfDeathsFlow()
