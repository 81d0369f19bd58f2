"""Caught steps at both levels of two foreaches, and a caught join."""

from metaflow import FlowSpec, catch, step


class CatchNestedFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 2]
        self.next(self.a, foreach="xs")

    @catch(var="error_a", print_exception=False)
    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.ys = [self.input, 0]
        raise ValueError("a")
        self.next(self.a2)

    @step
    def a2(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a2"]
        self.next(self.b, foreach="ys")

    @catch(var="error_b", print_exception=False)
    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.v = 1 / self.input
        self.next(self.jb)

    @catch(var="error_j", print_exception=False)
    @step
    def jb(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "jb"]
        self.v = [each.error_b is None for each in inputs]
        self.fails = 1 / (self.index or 0)
        self.next(self.ja)

    @step
    def ja(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "ja"]
        self.v = [each.v for each in inputs]
        self.errors = [each.error_j is None for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchNestedFlow()
