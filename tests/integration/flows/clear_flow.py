"""A foreach whose items, and what becomes of them, are read from files: a clear may find another world."""

from pathlib import Path

from metaflow import FlowSpec, Parameter, current, retry, step


class ClearFlow(FlowSpec):
    world = Parameter("world", required=True, help="A file with one number for each item")

    @step
    def start(self):
        self.numbers = [int(word) for word in Path(self.world).read_text().split()]
        self.next(self.double, foreach="numbers")

    @retry(times=1, minutes_between_retries=0)
    @step
    def double(self):
        self.retry_count = current.retry_count
        self.halves = [self.input] * self.input
        if self.input == 3 and current.retry_count == 0:
            raise ValueError("3 fails once")
        self.doubled = 2 * self.input
        self.next(self.inner, foreach="halves")

    @step
    def inner(self):
        self.value = self.input
        self.next(self.join_inner)

    @step
    def join_inner(self, inputs):
        self.merge_artifacts(inputs, include=["retry_count", "doubled"])
        self.total = sum(each.value for each in inputs)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.results = [(each.doubled, each.total, each.retry_count) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ClearFlow()
