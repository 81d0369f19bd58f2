"""Steps with the names of things that a DAG file uses."""

from metaflow import FlowSpec, step


class NamesFlow(FlowSpec):
    @step
    def start(self):
        self.flow_items = [1, 2]
        self.next(self.dag, foreach="flow_items")

    @step
    def dag(self):
        self.trace = ["dag"]
        self.next(self.list, self.task_group)

    @step
    def list(self):
        self.trace = [*self.trace, "list"]
        self.next(self.print)

    @step
    def task_group(self):
        self.trace = [*self.trace, "task_group"]
        self.next(self.print)

    @step
    def print(self, inputs):
        self.trace = [word for each in inputs for word in each.trace]
        self.next(self.sources)

    @step
    def sources(self, inputs):
        self.trace = [each.trace for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NamesFlow()
