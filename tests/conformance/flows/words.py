"""Steps whose names are words of Airflow or Python."""

from metaflow import FlowSpec
from tracing import step


class WordsFlow(FlowSpec):
    @step
    def start(self):
        self.x = [1, 2]
        self.next(self.dag, self.flow)

    @step
    def dag(self):
        self.next(self.task_group, foreach="x")

    @step
    def task_group(self):
        self.next(self.print)

    @step
    def print(self, inputs):
        self.next(self.match)

    @step
    def match(self):
        self.next(self.timedelta)

    @step
    def timedelta(self):
        self.next(self.pendulum)

    @step
    def pendulum(self):
        self.next(self.index2)

    @step
    def flow(self):
        self.which = "list"
        self.next({"list": self.list, "type": self.type}, condition="which")

    @step
    def list(self):
        self.next(self.index2)

    @step
    def type(self):
        self.next(self.index2)

    @step
    def index2(self, inputs):
        self.y = [1]
        self.next(self.airflow)

    @step
    def airflow(self):
        self.next(self.dag_, foreach="y")

    @step
    def split(self):
        self.next(self.label)

    @step
    def dag_(self):
        self.next(self.split)

    @step
    def label(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    WordsFlow()
