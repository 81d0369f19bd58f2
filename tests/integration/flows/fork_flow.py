"""A step that forks, and whose children leave it in every way there is."""

import os
import sys
import time

from metaflow import FlowSpec, retry, step

WAYS = {
    "return": lambda: None,
    "late": lambda: time.sleep(5),
    "raise": lambda: [][1],
    "exit": lambda: sys.exit(),
    "exit 3": lambda: sys.exit(3),
}

if os.fork() == 0:
    sys.exit()


class ForkFlow(FlowSpec):
    @step
    def start(self):
        self.ways = list(WAYS)
        self.next(self.fork, foreach="ways")

    @retry(times=1, minutes_between_retries=0)
    @step
    def fork(self):
        child = os.fork()
        if child == 0:
            print("a child says", self.input)
            WAYS[self.input]()
            return
        self.left = None if self.input == "late" else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.next(self.join)

    @step
    def join(self, inputs):
        self.left = [each.left for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ForkFlow()
