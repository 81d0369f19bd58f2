"""Three foreaches inside one another, with a step before and after each."""

from airflow_provider_flows import FlowSpec, step


class NestedFlow(FlowSpec):
    @step
    def start(self):
        self.letters = ["a", "b"]
        self.next(self.first, foreach="letters")

    @step
    def first(self):
        self.letter = self.input
        self.next(self.second)

    @step
    def second(self):
        self.numbers = list(range(1 + self.index))
        self.next(self.third, foreach="numbers")

    @step
    def third(self):
        self.signs = "+-"
        self.next(self.fourth, foreach="signs")

    @step
    def fourth(self):
        self.word = "".join(str(item) for _, _, item in self.foreach_stack())
        self.next(self.fifth)

    @step
    def fifth(self):
        self.word += "!"
        self.next(self.join_signs)

    @step
    def join_signs(self, inputs):
        self.words = [each.word for each in inputs]
        self.next(self.after_signs)

    @step
    def after_signs(self):
        self.next(self.join_numbers)

    @step
    def join_numbers(self, inputs):
        self.words = [word for each in inputs for word in each.words]
        self.next(self.join_letters)

    @step
    def join_letters(self, inputs):
        self.words = [each.words for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NestedFlow()
