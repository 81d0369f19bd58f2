"""The first steps of a flow, for another file to go on from."""

from metaflow import FlowSpec
from tracing import step


class SharedBase(FlowSpec):
    SHARED = "from the base"

    def helper(self):
        return [self.SHARED, self.index]

    @step
    def start(self):
        self.next(self.a)
