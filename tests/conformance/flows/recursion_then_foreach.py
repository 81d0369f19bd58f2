"""What a loop gathers is split over."""

from metaflow import FlowSpec, step


class RecursionThenForeachFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = []
        self.next(self.loop)

    @step
    def loop(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "loop"]
        self.xs = [*self.xs, len(self.xs)]
        self.go = "on" if len(self.xs) < 3 else "off"
        self.next({"on": self.loop, "off": self.ready}, condition="go")

    @step
    def ready(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "ready"]
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "body"]
        self.y = self.input * 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ys = [each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    RecursionThenForeachFlow()
