"""Tasks that run at the same time and know of one another."""

from metaflow import FlowSpec, current, parallel
from tracing import step


class NumParallelFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.work, num_parallel=3)

    @parallel
    @step
    def work(self):
        self.node = (current.parallel.node_index, current.parallel.num_nodes)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.nodes = [each.node for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    NumParallelFlow()
