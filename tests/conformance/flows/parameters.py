"""Parameters of all types."""

from metaflow import FlowSpec, JSONType, Parameter, step


class ParametersFlow(FlowSpec):
    text = Parameter("text", default="a 'b' \"c\"\n{{ d }}")
    number = Parameter("number", default=3, type=int)
    ratio = Parameter("ratio", default=0.5, type=float)
    flag = Parameter("flag", default=True, type=bool)
    off = Parameter("off-switch", default=False)
    table = Parameter("table", default='{"k": [1, 2]}', type=JSONType)
    parts = Parameter("parts", default="x,y", separator=",")
    nothing = Parameter("nothing", default=None, type=str)

    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.seen = [self.text, self.number, self.ratio, self.flag, self.off, self.table, self.parts, self.nothing]
        self.next(self.a, self.b)

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
        self.seen = [self.text, self.number, self.ratio, self.flag, self.off, self.table, self.parts, self.nothing]
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        self.kinds = [type(value).__name__ for value in self.seen]


if __name__ == "__main__":
    ParametersFlow()
