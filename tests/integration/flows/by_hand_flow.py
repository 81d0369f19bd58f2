"""Two branches that a person or a signal may stop while they wait; only one has @catch."""

import os
import signal
import time
from pathlib import Path

from metaflow import FlowSpec, Parameter, catch, retry, step

if [os.environ.get(f"AIRFLOW_CTX_{name}_ID") for name in ("DAG", "TASK")] == ["killed_at_import", "caught"]:
    os.kill(os.getpid(), signal.SIGKILL)


class ByHandFlow(FlowSpec):
    wait = Parameter("wait", default="", help="The branches that wait to be stopped")
    die = Parameter("die", default="", help="The branches that kill themselves, unless a file forbids it")
    mercy = Parameter("mercy", default="")

    @step
    def start(self):
        self.next(self.caught, self.plain)

    @catch(var="problem")
    @step
    def caught(self):
        self.behave("caught")
        self.next(self.after)

    @retry(times=2, minutes_between_retries=0)
    @step
    def after(self):
        self.seen = self.problem and self.problem.type
        self.behave("after")
        self.next(self.join)

    @catch(var="trouble")
    @step
    def plain_after(self):
        self.next(self.join)

    @step
    def plain(self):
        self.behave("plain")
        self.next(self.plain_after)

    @retry(times=2, minutes_between_retries=0)
    @step
    def join(self, inputs):
        self.seen = inputs[0].seen
        self.next(self.end)

    @step
    def end(self):
        pass

    def behave(self, branch):
        print(branch, "is here")
        if branch in self.wait.split():
            time.sleep(60)
        if branch in self.die.split() and not (self.mercy and Path(self.mercy).exists()):
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    ByHandFlow()
