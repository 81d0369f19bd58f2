"""A flow that waits for a file, so that a test can do something during a run."""

import time
from pathlib import Path

from metaflow import FlowSpec, Parameter, current, step


class WaitFlow(FlowSpec):
    gate = Parameter("gate", default="", help="The file to wait for")
    value = Parameter("value", default=0)

    @step
    def start(self):
        self.version = "old"
        self.next(self.wait)

    @step
    def wait(self):
        while self.gate and not Path(self.gate).exists():
            time.sleep(0.2)
        self.seen = (self.value, self.version, current.run_id)
        self.next(self.end)

    @step
    def end(self):
        self.ended = "old"


if __name__ == "__main__":
    WaitFlow()
