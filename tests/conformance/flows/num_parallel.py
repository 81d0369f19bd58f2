"""Tasks that run at the same time and know of one another."""

from metaflow import FlowSpec, current, parallel, step


class NumParallelFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.work, num_parallel=3)

    @parallel
    @step
    def work(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "work"]
        self.node = (current.parallel.node_index, current.parallel.num_nodes)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.at = (self.index, [frame[:2] for frame in self.foreach_stack()])
        self.got = [(each.index, each.input) for each in inputs]
        self.trail = [*[each.trail for each in inputs], "join"]
        self.nodes = [each.node for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    NumParallelFlow()
