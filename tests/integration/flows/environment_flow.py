"""Steps in environments of their own: one that runs, and one that waits with a child until somebody ends it."""

import os
import subprocess
import time
from pathlib import Path

from metaflow import FlowSpec, Parameter, catch, current, pypi, step


class EnvironmentFlow(FlowSpec):
    folder = Parameter("folder", default="")

    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.work, foreach="items")

    @pypi(packages={"six": "1.16.0"})
    @step
    def work(self):
        import importlib.util

        import six

        print(f"item {self.input} with six {six.__version__}")
        self.found = [six.__version__, importlib.util.find_spec("airflow") is None, current.run_id]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.found = [each.found for each in inputs]
        self.next(self.waiting)

    @catch(var="problem")
    @pypi(packages={"six": "1.16.0"})
    @step
    def waiting(self):
        if self.folder:
            child = subprocess.Popen(["sleep", "600"])
            Path(self.folder, "pids").write_text(f"{os.getpid()} {child.pid}")
            print("waiting to be ended")
            time.sleep(600)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    EnvironmentFlow()
