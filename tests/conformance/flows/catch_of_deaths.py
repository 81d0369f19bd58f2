"""Processes that die in all their attempts, which @catch makes up for."""

import os
import signal
import sys

from metaflow import FlowSpec, catch, current, retry
from tracing import step


class CatchOfDeathsFlow(FlowSpec):
    @catch(var="error", print_exception=False)
    @step
    def start(self):
        os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.split)

    @step
    def split(self):
        self.first = self.error.type.rpartition(".")[2]
        self.xs = ["exit", "kill", "fine", "sys"]
        self.next(self.body, foreach="xs")

    @catch(var="failure", print_exception=False)
    @retry(times=1, minutes_between_retries=0)
    @step
    def body(self):
        self.before = "is lost when the process dies"
        if self.input == "exit":
            os._exit(7)
        if self.input == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.input == "sys":
            sys.exit(4)
        self.tried = current.retry_count
        self.next(self.join)

    @step
    def join(self, inputs):
        self.found = [bool(each.failure) for each in inputs]
        self.kinds = [each.failure.type.rpartition(".")[2] for each in inputs if each.failure]
        self.kept = [hasattr(each, "before") for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchOfDeathsFlow()
