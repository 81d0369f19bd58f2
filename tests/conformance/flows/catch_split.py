"""A caught static split."""

from metaflow import FlowSpec, catch, step


class CatchSplitFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.parts)

    @catch(var="error", print_exception=False)
    @step
    def parts(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "parts"]
        self.x = 1
        raise ValueError("no parts")
        self.next(self.b, self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.next(self.join)

    @step
    def b(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "b"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.static_order = [branch.trail[-1] for branch in inputs]
        self.trail = [*sorted([branch.trail for branch in inputs], key=str), "join"]
        self.errors = [each.error.exception for each in inputs]
        self.merge_artifacts(inputs, include=["x"])
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchSplitFlow()
