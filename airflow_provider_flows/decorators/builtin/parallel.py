"""`@parallel`: the step of a `num_parallel`, whose tasks run at the same time. On Airflow: rejected."""

from __future__ import annotations

import os
from typing import Any, Mapping, NamedTuple

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.budget import RetryBudget
from airflow_provider_flows.errors import DecoratorError
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.identity import task_id

MAIN_IP, NUM_NODES = "MF_PARALLEL_MAIN_IP", "MF_PARALLEL_NUM_NODES"
NODE_INDEX, CONTROL_TASK_ID = "MF_PARALLEL_NODE_INDEX", "MF_PARALLEL_CONTROL_TASK_ID"


class Parallel(NamedTuple):
    """`current.parallel`. In steps without @parallel, of a flow that has one, it holds these defaults (Metaflow 2.19).

    The control task is the one of index 0; `main_ip` is where the others find it.
    """

    main_ip: str = "127.0.0.1"
    num_nodes: int = 1
    node_index: int = 0
    control_task_id: str | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Parallel:
        """Return what a task's environment variables say."""
        control = environment[CONTROL_TASK_ID]
        return cls(environment[MAIN_IP], int(environment[NUM_NODES]), int(environment[NODE_INDEX]), control)


class ParallelDecorator(StepDecorator):
    """The tasks of this step, as many as `self.next(self.step, num_parallel=n)` says, run at the same time.

    Each finds the others by `current.parallel`, or by the environment variables MF_PARALLEL_*. A subclass may tie them
    together in `setup_distributed_env`.
    """

    name = "parallel"
    IS_PARALLEL = True

    def setup_distributed_env(self, flow: Any) -> None:
        """TASK: called in each of the tasks, last before the step's body; does nothing unless overridden."""

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        if not graph[step_name].parallel_step:
            raise DecoratorError(
                f"step {step_name!r}: @{self.name} came too late to be part of the graph. "
                "Write it above the step, in the flow's file."
            )
        current._update_env({"parallel": Parallel()})

    def task_pre_step(
        self, step_name: str, datastore: Any, metadata: Any, run: str, task: str, flow: Any, *_: Any
    ) -> None:
        *around, own = flow._flows_state.frames
        os.environ[MAIN_IP] = Parallel().main_ip
        os.environ[NUM_NODES], os.environ[NODE_INDEX] = str(own.num_splits), str(own.index)
        os.environ[CONTROL_TASK_ID] = task_id(step_name, (*(frame.index for frame in around), 0))
        current._update_env({"is_parallel": True, "parallel": Parallel.of(os.environ)})

    def task_decorate(
        self, step_func: Any, flow: Any, graph: Any, retry_count: int, max_user_code_retries: int, *_: Any
    ) -> Any:
        if RetryBudget(max_user_code_retries).is_fallback(retry_count):
            return step_func

        def run() -> Any:
            current._update_env({"parallel": Parallel.of(os.environ)})  # other decorators may have changed it
            self.setup_distributed_env(flow)
            return step_func()

        return run
