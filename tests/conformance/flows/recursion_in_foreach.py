"""Each item goes round as often as it says."""

from metaflow import FlowSpec, step


class RecursionInForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [1, 3, 2]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.n = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "loop"]
        self.n += 1
        self.go = self.n < self.input
        self.next({True: self.loop, False: self.done}, condition="go")

    @step
    def done(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "done"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ns = [each.n for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    RecursionInForeachFlow()
