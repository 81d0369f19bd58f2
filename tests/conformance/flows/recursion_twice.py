"""One loop after another, and a loop in an arm."""

from metaflow import FlowSpec, Parameter, step


class RecursionTwiceFlow(FlowSpec):
    arm = Parameter("arm", default="loop")

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.n = 0
        self.which = self.arm
        self.next({"loop": self.loop, "no": self.other}, condition="which")

    @step
    def loop(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "loop"]
        self.n += 1
        self.go = self.n < 2
        self.next({True: self.loop, False: self.second}, condition="go")

    @step
    def second(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "second"]
        self.n += 10
        self.go = self.n < 30
        self.next({True: self.second, False: self.merge}, condition="go")

    @step
    def other(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "other"]
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.m = self.n
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    RecursionTwiceFlow()
