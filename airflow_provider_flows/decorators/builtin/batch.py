"""`@batch`: a machine of AWS Batch. In local runs a line says what is asked for; on Airflow it is rejected."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.builtin.compute import RESOURCES, ComputeDecorator
from airflow_provider_flows.errors import DecoratorError

_OTHERS = (
    *("image", "queue", "iam_role", "execution_role", "max_swap", "swappiness", "inferentia", "trainium", "efa"),
    *("host_volumes", "efs_volumes", "use_tmpfs", "aws_batch_tags", "tmpfs_tempdir", "tmpfs_size", "tmpfs_path"),
    *("ephemeral_storage", "log_driver", "log_options", "executable", "privileged"),
)


class BatchDecorator(ComputeDecorator):
    """Takes what Metaflow's `@batch` takes. Airflow's workers run steps, and none of them is a job of AWS Batch."""

    name = "batch"
    where = "AWS Batch"
    defaults: ClassVar[Mapping[str, Any]] = dict.fromkeys((*(each for each in RESOURCES if each != "disk"), *_OTHERS))

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: Any, environment: Any, *more: Any) -> None:
        if environment == "airflow" and self.system_ctx.is_launch:
            raise DecoratorError(
                f"step {step_name!r}: @batch means AWS Batch, and Airflow's workers run the steps. "
                "With --without batch, what it asks for counts as @resources; "
                "add --with kubernetes to ask for a pod like that."
            )
        super().step_init(flow, graph, step_name, decorators, environment, *more)
