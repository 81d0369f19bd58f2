"""Caught arms that lead straight into the join of a split, or of a foreach."""

from metaflow import FlowSpec, catch
from tracing import step


class CatchBeforeJoinFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.b, self.a)

    @step
    def a(self):
        self.which = "x"
        self.next({"x": self.x, "y": self.y}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def x(self):
        raise ValueError("x fails")
        self.next(self.join)

    @catch(var="error", print_exception=False)
    @step
    def y(self):
        self.next(self.join)

    @step
    def b(self):
        self.error = None
        self.next(self.join)

    @step
    def join(self, inputs):
        self.errors = sorted(str(each.error and each.error.exception) for each in inputs)
        self.next(self.more)

    @step
    def more(self):
        self.xs = ["p", "q"]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.which = self.input
        self.next({"p": self.p, "q": self.q}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def p(self):
        raise ValueError("p fails")
        self.next(self.gather)

    @catch(var="error", print_exception=False)
    @step
    def q(self):
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.errors = [str(each.error and each.error.exception) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchBeforeJoinFlow()
