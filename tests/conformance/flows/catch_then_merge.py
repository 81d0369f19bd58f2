"""Caught arms of a switch, for each item."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchThenMergeFlow(FlowSpec):
    @step
    def start(self):
        self.xs = ["p", "P", "q", "Q"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.which = self.input.lower()
        self.fails = self.input.isupper()
        self.next({"p": self.p, "q": self.q}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def p(self):
        if self.fails:
            raise ValueError("p fails")
        self.next(self.merge)

    @catch(var="error", print_exception=False)
    @step
    def q(self):
        if self.fails:
            raise KeyError("q fails")
        self.next(self.q2)

    @step
    def q2(self):
        self.next(self.merge)

    @step
    def merge(self):
        self.type = self.error and self.error.type
        self.next(self.join)

    @step
    def join(self, inputs):
        self.types = [each.type for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchThenMergeFlow()
