"""Caught steps that begin the arms of a switch, at top level."""

from metaflow import FlowSpec, Parameter, catch
from tracing import step


class CatchInArmsFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.which = self.arm
        self.next({"x": self.x, "y": self.y}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def x(self):
        raise ValueError("x fails")
        self.next(self.x2)

    @step
    def x2(self):
        self.text = self.error.exception
        self.next(self.merge)

    @catch(var="error", print_exception=False)
    @step
    def y(self):
        self.next(self.y2)

    @step
    def y2(self):
        self.text = str(self.error)
        self.next(self.merge)

    @step
    def merge(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    CatchInArmsFlow()
