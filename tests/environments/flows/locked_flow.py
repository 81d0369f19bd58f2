"""A step whose packages are a range."""

from metaflow import FlowSpec, pypi, step


class LockedFlow(FlowSpec):
    @pypi(packages={"six": ">=1.15,<1.17"})
    @step
    def start(self):
        import six

        self.version = six.__version__
        self.next(self.end)

    @step
    def end(self):
        print(self.version)


if __name__ == "__main__":
    LockedFlow()
