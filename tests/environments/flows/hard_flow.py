"""A flow in which everything goes wrong inside of a step's own environment."""

import os
import signal
import sys
import time

from metaflow import FlowSpec, catch, environment, pypi, pypi_base, retry, step, timeout


@pypi_base(packages={"six": "1.16.0"}, python="3.12")
class HardFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.killed, self.slow, self.raises, self.exits)

    @catch(var="error")
    @retry(times=1, minutes_between_retries=0)
    @step
    def killed(self):
        print("before the kill", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.join)

    @catch(var="error")
    @timeout(seconds=2)
    @step
    def slow(self):
        import subprocess

        self.left_behind = subprocess.Popen(["sleep", "600"]).pid
        time.sleep(60)
        self.next(self.join)

    @catch(var="error")
    @environment(vars={"MINE": "yes"})
    @step
    def raises(self):
        import six

        self.mine = os.environ["MINE"]
        print(f"six {six.__version__}")
        raise ValueError("oops")
        self.next(self.join)

    @catch(var="error")
    @pypi(disabled=True)
    @step
    def exits(self):
        self.version = sys.version_info[:2]
        self.next(self.join)

    @step
    def join(self, inputs):
        steps = {"killed": inputs.killed, "slow": inputs.slow, "raises": inputs.raises, "exits": inputs.exits}
        self.errors = {name: each.error and each.error.exception for name, each in steps.items()}
        self.next(self.end)

    @step
    def end(self):
        print(self.errors)


if __name__ == "__main__":
    HardFlow()
