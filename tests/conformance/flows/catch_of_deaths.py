"""Processes that die in all their attempts, which @catch makes up for."""

import os
import signal
import sys

from metaflow import FlowSpec, catch, current, retry, step


class CatchOfDeathsFlow(FlowSpec):
    @catch(var="error", print_exception=False)
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.split)

    @step
    def split(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["split"]
        self.first = self.error.type.rpartition(".")[2]
        self.xs = ["exit", "kill", "fine", "sys"]
        self.next(self.body, foreach="xs")

    @catch(var="failure", print_exception=False)
    @retry(times=1, minutes_between_retries=0)
    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
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
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.found = [bool(each.failure) for each in inputs]
        self.kinds = [each.failure.type.rpartition(".")[2] for each in inputs if each.failure]
        self.kept = [hasattr(each, "before") for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchOfDeathsFlow()
