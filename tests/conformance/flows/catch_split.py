"""A caught static split."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchSplitFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.parts)

    @catch(var="error", print_exception=False)
    @step
    def parts(self):
        self.x = 1
        raise ValueError("no parts")
        self.next(self.b, self.a)

    @step
    def a(self):
        self.next(self.join)

    @step
    def b(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.errors = [each.error.exception for each in inputs]
        self.merge_artifacts(inputs, include=["x"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchSplitFlow()
