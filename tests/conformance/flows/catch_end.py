"""A caught end."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchEndFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @catch(var="error", print_exception=False)
    @step
    def end(self):
        raise ValueError("at the end")


if __name__ == "__main__":
    CatchEndFlow()
