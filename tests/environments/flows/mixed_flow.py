"""Steps in environments of their own beside others: artifacts, a foreach, a retry, local modules, an IncludeFile."""

import beside
from metaflow import FlowSpec, IncludeFile, Parameter, current, pypi, retry, step


class MixedFlow(FlowSpec):
    n = Parameter("n", default=2)
    text = IncludeFile("text", default="words.txt")

    @step
    def start(self):
        self.items = list(range(self.n))
        self.big = b"x" * 1_000_000
        self.next(self.work, foreach="items")

    @pypi(packages={"six": "1.16.0", "blake3": "0.4.1", "click": "7.1.2"})
    @retry(times=1, minutes_between_retries=0)
    @step
    def work(self):
        import importlib.util
        import inspect

        import blake3
        import click
        import six

        if self.input == 1 and current.retry_count == 0:
            raise ValueError("the first try")
        self.versions = [six.__version__, blake3.__version__, click.__version__]
        self.has_airflow = importlib.util.find_spec("airflow") is not None
        self.said = beside.said(self.text, len(self.big))
        self.source = inspect.getsource(beside.said).splitlines()[0]
        self.next(self.join)

    @pypi(packages={})
    @step
    def join(self, inputs):
        self.found = [[each.versions, each.has_airflow, each.said, each.source] for each in inputs]
        self.merge_artifacts(inputs, include=["big"])
        self.next(self.end)

    @step
    def end(self):
        assert len(self.big) == 1_000_000
        print("found", self.found)


if __name__ == "__main__":
    MixedFlow()
