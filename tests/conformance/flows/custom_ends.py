"""Start and end have names of their own."""

from metaflow import FlowSpec, step


class CustomEndsFlow(FlowSpec):
    @step(start=True)
    def begin(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["begin"]
        self.x = 1
        self.next(self.middle)

    @step
    def middle(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "middle"]
        self.x += 1
        self.next(self.finish)

    @step(end=True)
    def finish(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "finish"]
        self.x += 1


if __name__ == "__main__":
    CustomEndsFlow()
