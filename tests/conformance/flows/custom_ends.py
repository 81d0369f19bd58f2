"""Start and end have names of their own."""

from metaflow import FlowSpec
from tracing import step


class CustomEndsFlow(FlowSpec):
    @step(start=True)
    def begin(self):
        self.x = 1
        self.next(self.middle)

    @step
    def middle(self):
        self.x += 1
        self.next(self.finish)

    @step(end=True)
    def finish(self):
        self.x += 1


if __name__ == "__main__":
    CustomEndsFlow()
