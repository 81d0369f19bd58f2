"""The first steps of a flow, for another file to go on from."""

from metaflow import FlowSpec, step


class SharedBase(FlowSpec):
    SHARED = "from the base"

    def helper(self):
        return [self.SHARED, self.index]

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.a)
