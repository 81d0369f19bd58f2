"""Parameters of all types."""

from metaflow import FlowSpec, JSONType, Parameter
from tracing import step


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
        self.seen = [self.text, self.number, self.ratio, self.flag, self.off, self.table, self.parts, self.nothing]
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next(self.join)

    @step
    def b(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = [self.text, self.number, self.ratio, self.flag, self.off, self.table, self.parts, self.nothing]
        self.next(self.end)

    @step
    def end(self):
        self.kinds = [type(value).__name__ for value in self.seen]


if __name__ == "__main__":
    ParametersFlow()
