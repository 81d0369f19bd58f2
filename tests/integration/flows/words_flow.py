"""What a flow says, in its log and in the labels of its items."""

import logging

from metaflow import FlowSpec, Parameter, step


class WordsFlow(FlowSpec):
    word = Parameter("word", default="{{ 1 + 1 }}")

    @step
    def start(self):
        print("printed {{ 2 + 2 }}")
        logging.getLogger("words").info("logged")
        self.items = [
            "{{ 1 + 1 }}",
            "two\nlines",
            "\u202egnp.exe",
            "nul\0",
            "'\"`",
            "x" * 600,
            "{% raise %}",
            "",
            None,
            {"a": [1]},
        ]
        self.next(self.say, foreach="items")

    @step
    def say(self):
        self.said = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.said = [each.said for each in inputs]
        self.next(self.fail)

    @step
    def fail(self):
        helper(self.said)
        self.next(self.end)

    @step
    def end(self):
        pass


def helper(said):
    try:
        said.index("nowhere")
    except ValueError as error:
        raise LookupError("no such word\nat all {{ 3 }}") from error


if __name__ == "__main__":
    WordsFlow()
