"""Foreach, switch and recursion inside one another, as small as can be."""

from airflow_provider_flows import FlowSpec, Parameter, step


class ShapesFlow(FlowSpec):
    """Every shape in one flow.

    What a `foreach` and a *switch* become inside one another.
    """

    rounds = Parameter("rounds", type=int, default=3, help="How often the loop goes round")

    @step
    def start(self):
        """Begin with *three* letters."""
        self.letters = ["a", "b", "c"]
        self.next(self.decide, foreach="letters")

    @step
    def decide(self):
        self.kind = "many" if self.input == "b" else "loop"
        self.next({"many": self.split, "loop": self.again}, condition="kind")

    @step
    def split(self):
        self.numbers = [10, 20]
        self.next(self.count, foreach="numbers")

    @step
    def count(self):
        print("counting", self.input)
        self.seen = [item for _, _, item in self.foreach_stack()]
        self.next(self.collect)

    @step
    def collect(self, inputs):
        self.found = [each.seen for each in inputs]
        self.next(self.meet)

    @step
    def again(self):
        self.found = getattr(self, "found", 0) + 1
        self.more = self.found < self.rounds
        self.next({True: self.again, False: self.meet}, condition="more")

    @step
    def meet(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.found = [each.found for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    ShapesFlow()
