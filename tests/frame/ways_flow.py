"""The flow on which test_ways.py follows a parameter, an artifact, a split, a retry budget and a hook."""

from airflow_provider_flows import FlowSpec, Parameter, retry, step


class WaysFlow(FlowSpec):
    p = Parameter("p", type=int, default=3)

    @retry(times=2)
    @step
    def start(self):
        assert self.p == 3
        self.next(self.make)

    @step
    def make(self):
        self.x = {"a": [1, 2]}
        self.next(self.split)

    @step
    def split(self):
        self.items = self.x["a"]
        self.next(self.each, foreach="items")

    @step
    def each(self):
        self.pair = (self.index, self.input)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.pairs = [each.pair for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        print(self.pairs)


if __name__ == "__main__":
    WaysFlow()
