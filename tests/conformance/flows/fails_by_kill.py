"""A task whose process is killed in each of its attempts."""

import os
import signal

from metaflow import FlowSpec, retry
from tracing import step


class FailsByKillFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.killed)

    @retry(times=1, minutes_between_retries=0)
    @step
    def killed(self):
        os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    FailsByKillFlow()
