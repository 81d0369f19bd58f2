"""One step is both start and end."""

from metaflow import FlowSpec
from tracing import step


class SingleStepFlow(FlowSpec):
    @step
    def only(self):
        self.x = 5


if __name__ == "__main__":
    SingleStepFlow()
