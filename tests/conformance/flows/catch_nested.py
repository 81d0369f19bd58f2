"""Caught steps at both levels of two foreaches, and a caught join."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchNestedFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @catch(var="error_a", print_exception=False)
    @step
    def a(self):
        self.ys = [self.input, 0]
        raise ValueError("a")
        self.next(self.a2)

    @step
    def a2(self):
        self.next(self.b, foreach="ys")

    @catch(var="error_b", print_exception=False)
    @step
    def b(self):
        self.v = 1 / self.input
        self.next(self.jb)

    @catch(var="error_j", print_exception=False)
    @step
    def jb(self, inputs):
        self.v = [each.error_b is None for each in inputs]
        self.fails = 1 / (self.index or 0)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.v = [each.v for each in inputs]
        self.errors = [each.error_j is None for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchNestedFlow()
