"""A chain."""

from metaflow import FlowSpec, step


class LinearFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.x = 1
        self.next(self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.x += 1
        self.next(self.b)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.x *= 10
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.y = self.x


if __name__ == "__main__":
    LinearFlow()
