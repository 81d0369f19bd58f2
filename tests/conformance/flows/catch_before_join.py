"""Caught arms that lead straight into the join of a split, or of a foreach."""

from metaflow import FlowSpec, catch, step


class CatchBeforeJoinFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.b, self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.which = "x"
        self.next({"x": self.x, "y": self.y}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def x(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "x"]
        raise ValueError("x fails")
        self.next(self.join)

    @catch(var="error", print_exception=False)
    @step
    def y(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "y"]
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.error = None
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.errors = sorted(str(each.error and each.error.exception) for each in inputs)
        self.next(self.more)

    @step
    def more(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "more"]
        self.xs = ["p", "q"]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.which = self.input
        self.next({"p": self.p, "q": self.q}, condition="which")

    @catch(var="error", print_exception=False)
    @step
    def p(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "p"]
        raise ValueError("p fails")
        self.next(self.gather)

    @catch(var="error", print_exception=False)
    @step
    def q(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "q"]
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "gather"]
        self.errors = [str(each.error and each.error.exception) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchBeforeJoinFlow()
