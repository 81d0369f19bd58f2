"""Imports what a worker does not have, in a module beside it."""

import missing_help
from metaflow import FlowSpec, catch, step


class MissingFlow(FlowSpec):
    @catch
    @step
    def start(self):
        self.found = missing_help.found
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    MissingFlow()
