"""Caught steps that begin the arms of a switch, at top level."""

from metaflow import FlowSpec, Parameter, catch, step


class CatchInArmsFlow(FlowSpec):
    arm = Parameter("arm", default="x")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.which = self.arm
        self.next({"x": self.x, "y": self.y}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        raise ValueError("x fails")
        self.next(self.x2)

    @step
    def x2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x2"]
        self.text = self.error.exception
        self.next(self.merge)

    @catch(var="error", print_exception=False)
    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.next(self.y2)

    @step
    def y2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y2"]
        self.text = str(self.error)
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchInArmsFlow()
