"""Steps that take too long: retried, and caught."""

import time

from metaflow import FlowSpec, catch, current, retry, timeout
from tracing import step


class TimeoutsFlow(FlowSpec):
    @retry(times=1, minutes_between_retries=0)
    @timeout(seconds=1)
    @step
    def start(self):
        if current.retry_count == 0:
            time.sleep(30)
        self.tried = current.retry_count
        self.next(self.caught)

    @catch(var="error", print_exception=False)
    @timeout(seconds=1)
    @step
    def caught(self):
        self.before = "is kept"
        time.sleep(30)
        self.next(self.end)

    @step
    def end(self):
        self.kind = self.error.type.rpartition(".")[2]


if __name__ == "__main__":
    TimeoutsFlow()
