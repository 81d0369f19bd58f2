"""A switch inside a foreach: each item goes its own way, and a file says which, so that it can change its mind."""

from pathlib import Path

from airflow_provider_flows import FlowSpec, Parameter, step


class SwitchFlow(FlowSpec):
    plan = Parameter("plan", help="A file with one word for each item: short or long")

    @step
    def start(self):
        self.ways = Path(self.plan).read_text().split()
        self.next(self.decide, foreach="ways")

    @step
    def decide(self):
        self.way = self.input
        self.next({"short": self.short, "long": self.long}, condition="way")

    @step
    def short(self):
        self.trace = ["short"]
        self.next(self.merge)

    @step
    def long(self):
        self.trace = ["long"]
        self.next(self.longer)

    @step
    def longer(self):
        self.trace = [*self.trace, "longer"]
        self.next(self.merge)

    @step
    def merge(self):
        self.trace = [*self.trace, "merge"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.traces = [each.trace for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SwitchFlow()
