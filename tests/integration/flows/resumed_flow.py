"""Fails in one item, in a join or in a loop until a file says that all is well; each step says that it ran."""

import os

from airflow_provider_flows import FlowSpec, Parameter, current, step


class ResumedFlow(FlowSpec):
    fixed = Parameter("fixed", default="")
    factor = Parameter("factor", default=1)

    @step
    def start(self):
        self.words = [["a", "b"], ["c"]]
        self.ran = [current.run_id]
        self.next(self.outer, foreach="words")

    @step
    def outer(self):
        self.letters = self.input
        self.next(self.inner, foreach="letters")

    @step
    def inner(self):
        self.letter = self.input * self.factor
        self.ran_in = current.run_id
        if self.input == "b" and not os.path.exists(self.fixed):
            raise ValueError("b is broken")
        self.next(self.inner_join)

    @step
    def inner_join(self, inputs):
        self.letters = [each.letter for each in inputs]
        self.runs = [each.ran_in for each in inputs]
        self.next(self.outer_join)

    @step
    def outer_join(self, inputs):
        self.letters = [each.letters for each in inputs]
        self.runs = [each.runs for each in inputs]
        self.round = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.round += 1
        self.where = "on" if self.round < 3 else "out"
        self.next({"on": self.loop, "out": self.end}, condition="where")

    @step
    def end(self):
        self.origin = current.origin_run_id


if __name__ == "__main__":
    ResumedFlow()
