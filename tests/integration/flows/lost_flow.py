"""A step whose supervisor is killed once: Airflow notices when the heartbeats stay away."""

import os
import signal
import time
from pathlib import Path

from metaflow import FlowSpec, Parameter, catch, current, retry, step


class LostFlow(FlowSpec):
    folder = Parameter("folder", default="/nowhere")

    @step
    def start(self):
        self.next(self.retried, self.caught)

    @retry(times=1, minutes_between_retries=0)
    @step
    def retried(self):
        self.by = current.retry_count
        self.lose("retried", first_only=True)
        self.next(self.join)

    @catch(var="problem")
    @step
    def caught(self):
        self.lose("caught")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.by = inputs.retried.by
        self.problem = inputs.caught.problem.type
        self.next(self.end)

    @step
    def end(self):
        pass

    def lose(self, name, first_only=False):
        if first_only and current.retry_count:
            return
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(30)
        (Path(self.folder) / name).write_text("I lived on")


if __name__ == "__main__":
    LostFlow()
