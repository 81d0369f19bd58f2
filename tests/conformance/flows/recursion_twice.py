"""One loop after another, and a loop in an arm."""

from metaflow import FlowSpec, Parameter
from tracing import step


class RecursionTwiceFlow(FlowSpec):
    arm = Parameter("arm", default="loop")

    @step
    def start(self):
        self.n = 0
        self.which = self.arm
        self.next({"loop": self.loop, "no": self.other}, condition="which")

    @step
    def loop(self):
        self.n += 1
        self.go = self.n < 2
        self.next({True: self.loop, False: self.second}, condition="go")

    @step
    def second(self):
        self.n += 10
        self.go = self.n < 30
        self.next({True: self.second, False: self.merge}, condition="go")

    @step
    def other(self):
        self.next(self.merge)

    @step
    def merge(self):
        self.m = self.n
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    RecursionTwiceFlow()
