"""Steps whose names are words of Airflow or Python."""

from metaflow import FlowSpec, step


class WordsFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.x = [1, 2]
        self.next(self.dag, self.flow)

    @step
    def dag(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "dag"]
        self.next(self.task_group, foreach="x")

    @step
    def task_group(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "task_group"]
        self.next(self.print)

    @step
    def print(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "print"]
        self.next(self.match)

    @step
    def match(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "match"]
        self.next(self.timedelta)

    @step
    def timedelta(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "timedelta"]
        self.next(self.pendulum)

    @step
    def pendulum(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "pendulum"]
        self.next(self.index2)

    @step
    def flow(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "flow"]
        self.which = "list"
        self.next({"list": self.list, "type": self.type}, condition="which")

    @step
    def list(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "list"]
        self.next(self.index2)

    @step
    def type(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "type"]
        self.next(self.index2)

    @step
    def index2(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "index2"]
        self.y = [1]
        self.next(self.airflow)

    @step
    def airflow(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "airflow"]
        self.next(self.dag_, foreach="y")

    @step
    def split(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "split"]
        self.next(self.label)

    @step
    def dag_(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "dag_"]
        self.next(self.split)

    @step
    def label(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "label"]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    WordsFlow()
