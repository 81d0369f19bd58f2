"""Caught arms of a switch, for each item."""

from metaflow import FlowSpec, catch, step


class CatchThenMergeFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = ["p", "P", "q", "Q"]
        self.next(self.a, foreach="xs")

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = self.input.lower()
        self.fails = self.input.isupper()
        self.next({"p": self.p, "q": self.q}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def p(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p"]
        if self.fails:
            raise ValueError("p fails")
        self.next(self.merge)

    @catch(var="error", print_exception=False)
    @step
    def q(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q"]
        if self.fails:
            raise KeyError("q fails")
        self.next(self.q2)

    @step
    def q2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q2"]
        self.next(self.merge)

    @step
    def merge(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "merge"]
        self.type = self.error and self.error.type
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.types = [each.type for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchThenMergeFlow()
