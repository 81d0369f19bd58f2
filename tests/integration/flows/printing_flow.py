"""Prints in all the ways there are, in tries that fail and that die, and in rounds of a loop."""

import ctypes
import logging
import os
import signal
import subprocess
import sys

from airflow_provider_flows import FlowSpec, catch, current, retry, step


class PrintingFlow(FlowSpec):
    @step
    def start(self):
        print("to stdout")
        print("to stderr", file=sys.stderr)
        subprocess.run(["sh", "-c", "echo from a program"], check=True)
        logging.getLogger("mine").info("from a logger")
        print("not ended", end="")
        self.round = 0
        self.next(self.loop)

    @step
    def loop(self):
        print("round", self.round)
        self.round += 1
        self.where = "on" if self.round < 3 else "out"
        self.next({"on": self.loop, "out": self.dies}, condition="where")

    @catch(var="problem", print_exception=False)
    @retry(times=2, minutes_between_retries=0)
    @step
    def dies(self):
        print("about to fall")
        print("try", current.retry_count, end="")
        ctypes.CDLL(None).fputs(b"by C", ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stdout"))
        subprocess.run([sys.executable, "-c", "print('a child', end=''); import os; os._exit(0)"], check=True)
        if current.retry_count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if current.retry_count == 1:
            os._exit(0)
        raise ValueError("the last try")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    PrintingFlow()
