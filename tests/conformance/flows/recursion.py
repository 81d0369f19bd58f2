"""A switch that leads to itself."""

from metaflow import FlowSpec, step


class RecursionFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.n = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "loop"]
        self.n += 1
        self.go = "on" if self.n < 3 else "off"
        self.next({"on": self.loop, "off": self.done}, condition="go")

    @step
    def done(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "done"]
        self.last = self.n
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    RecursionFlow()
