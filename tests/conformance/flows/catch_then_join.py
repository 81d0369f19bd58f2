"""A caught body step, gone on from by the join."""

from metaflow import FlowSpec, catch, step


class CatchThenJoinFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.xs = [2, 0, 1]
        self.next(self.divide, foreach="xs")

    @catch(var="error", print_exception=False)
    @step
    def divide(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "divide"]
        self.y = 6 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.ys = ["caught" if each.error else each.y for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchThenJoinFlow()
