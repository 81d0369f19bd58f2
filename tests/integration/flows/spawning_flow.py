"""Children that start from nothing compute with what the flow's file defines."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

from metaflow import FlowSpec, step


def cube(number):
    from metaflow import current

    return number**3, current.is_running_flow


class SpawningFlow(FlowSpec):
    @step
    def start(self):
        self.cubes = {}
        for method in ("spawn", "forkserver"):
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
                self.cubes[method] = list(pool.map(cube, [1, 2, 3], timeout=120))
        self.main = sys.modules["__main__"].cube.__module__
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SpawningFlow()
