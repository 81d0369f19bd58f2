"""All retries are used, and then the failure is caught."""

from metaflow import FlowSpec, catch, current, retry
from tracing import step


class RetryThenCatchFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.a)

    @catch(var="error", print_exception=False)
    @retry(times=1, minutes_between_retries=0)
    @step
    def a(self):
        self.tried = current.retry_count
        raise ValueError(f"try {current.retry_count}")
        self.next(self.end)

    @step
    def end(self):
        self.text = self.error.exception


if __name__ == "__main__":
    RetryThenCatchFlow()
