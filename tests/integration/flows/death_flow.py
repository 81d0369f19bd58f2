"""Steps that die in every way there is. The decorators of `die` are put in by the test."""

import ctypes
import os
import signal
import sys
import time

from metaflow import FlowSpec, catch, current, retry, step, timeout  # noqa: F401


class DeathFlow(FlowSpec):
    @step
    def start(self):
        self.ways = ["kill", "segfault", "exit0", "exit3", "timeout", "raise"]
        self.next(self.die, foreach="ways")

    # decorators
    @timeout(seconds=2)
    @step
    def die(self):
        self.way = self.input
        print(f"attempt {current.retry_count} of {self.way}")
        if self.way == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.way == "segfault":
            ctypes.string_at(0)
        if self.way == "exit0":
            os._exit(0)
        if self.way == "exit3":
            sys.exit(3)
        if self.way == "timeout":
            try:  # noqa: SIM105 - as users write it
                time.sleep(20)
            except Exception:
                pass
        if self.way == "raise":
            raise KeyError("raised")
        self.next(self.after)

    @step
    def after(self):
        self.seen = str(getattr(self, "problem", "no problem").type)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = [each.seen for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    DeathFlow()
