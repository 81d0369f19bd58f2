"""A file, an environment, and a base class in a module of its own."""

import os

from metaflow import IncludeFile, environment
from shared_base import SharedBase
from tracing import step


class InputsOfFilesFlow(SharedBase):
    text = IncludeFile("text", default="words.txt")

    @environment(vars={"GREETING": "hello"})
    @step
    def a(self):
        self.greeting = os.environ["GREETING"]
        self.words = self.text.split()
        self.next(self.end)

    @step
    def end(self):
        self.after = os.environ.get("GREETING")
        self.words = self.text.split()
        self.helped = self.helper()


if __name__ == "__main__":
    InputsOfFilesFlow()
