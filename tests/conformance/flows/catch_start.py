"""A caught start."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchStartFlow(FlowSpec):
    @catch(var="error", print_exception=False)
    @step
    def start(self):
        self.x = 1
        raise ValueError("from the start")
        self.next(self.a)

    @step
    def a(self):
        self.text = self.error.exception
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchStartFlow()
