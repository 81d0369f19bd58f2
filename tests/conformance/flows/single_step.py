"""One step is both start and end."""

from metaflow import FlowSpec, step


class SingleStepFlow(FlowSpec):
    @step
    def only(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["only"]
        self.x = 5


if __name__ == "__main__":
    SingleStepFlow()
