"""Base classes of decorators, and the moments of a flow's life at which they are called: a specification.

Each hook has a `_ctx` variant that reads the rest from `self.system_ctx`; a class that defines the variant gets that
call instead. LAUNCH is `flows-compile` or the launcher of a local run; TASK is the operator's `execute()` or the
process of a local attempt. The decorators of a step are called in turn, the one closest to the `def` first. Names,
signatures and order are Metaflow 2.19's; `hooks` derives from them how each hook is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_flows.decorators.decorator import Decorator
from airflow_provider_flows.decorators.markers import instead_of


class FlowDecorator(Decorator):
    """A decorator of the whole flow. `options` are values that `flow_init` gets by default."""

    options: ClassVar[Mapping[str, Any]] = {}

    def flow_init(
        self,
        flow: Any,
        graph: Any,
        environment: Any,
        flow_datastore: Any,
        metadata: Any,
        logger: Any,
        echo: Any,
        options: Mapping[str, Any],
    ) -> None:
        """All phases, before every other hook: the flow's decorators are there, its steps' are not initialised yet.

        `options` are the defaults of the class's own, and over them those of the command line.
        """

    @instead_of(flow_init)
    def flow_init_ctx(self, options: Mapping[str, Any]) -> None:
        """`flow_init`, with the rest in the context."""

    def get_top_level_options(self) -> list[tuple[str, Any]]:
        return []

    def run_tags(self) -> list[str]:
        """Return system tags of every run of the flow, by which users find it again; known after `flow_init`."""
        return []

    def production_token(self) -> str | None:
        """Return what names the namespace of the flow's runs on Airflow, `production:<token>`; known after `flow_init`.

        Flows with one token find each other's runs. None: the flow's DAG has a namespace of its own.
        """
        return None

    def dag_arguments(self) -> dict[str, Any]:
        """Return arguments of the Airflow `DAG` that this decorator asks for. LAUNCH, in `flows-compile`.

        For instance `{"dagrun_timeout": timedelta(hours=2), "on_failure_callback": "acme.alerts.page"}`: what a Python
        literal can say, callbacks as import paths. What the command line says wins; tags and callbacks add up.
        """
        return {}


class StepDecorator(Decorator):
    """A decorator of one step. Every hook does nothing unless a subclass says otherwise."""

    _flows_list = "decorators"

    def step_init(
        self,
        flow: Any,
        graph: Any,
        step_name: str,
        decorators: list[Any],
        environment: Any,
        flow_datastore: Any,
        logger: Any,
    ) -> None:
        """All phases, for every step, after `init` of all: check attributes, publish what other decorators need."""

    @instead_of(step_init)
    def step_init_ctx(self, step_name: str) -> None:
        """`step_init`, with the rest in the context."""

    def package_init(self, flow: Any, step_name: str, environment: Any) -> None:
        """LAUNCH, once for every step, before the flow's code is packaged."""

    @instead_of(package_init)
    def package_init_ctx(self, step_name: str) -> None:
        """`package_init`, with the rest in the context."""

    def runtime_init(self, flow: Any, graph: Any, package: Any, run_id: str) -> None:
        """LAUNCH of a local run, once for every step, before the first task is made."""

    @instead_of(runtime_init)
    def runtime_init_ctx(self, step_name: str) -> None:
        """`runtime_init`, with the rest in the context."""

    def runtime_task_created(
        self,
        task_datastore: Any,
        task_id: str,
        split_index: int | None,
        input_paths: list[str],
        is_cloned: bool,
        ubf_context: Any,
    ) -> None:
        """LAUNCH of a local run, when a task is made, before its retries are asked for."""

    @instead_of(runtime_task_created)
    def runtime_task_created_ctx(self, step_name: str) -> None:
        """`runtime_task_created`, with the rest in the context."""

    def runtime_step_cli(self, cli_args: Any, retry_count: int, max_user_code_retries: int, ubf_context: Any) -> None:
        """LAUNCH of a local run, before each attempt is started: change the environment of its process."""

    @instead_of(runtime_step_cli)
    def runtime_step_cli_ctx(self, step_name: str, cli_args: Any) -> None:
        """`runtime_step_cli`, with the rest in the context."""

    def runtime_finished(self, exception: BaseException | None) -> None:
        """LAUNCH of a local run, once for every step, when the run is over; `exception` is what ended it early."""

    @instead_of(runtime_finished)
    def runtime_finished_ctx(self, step_name: str, exception: BaseException | None) -> None:
        """`runtime_finished`, with the rest in the context."""

    def step_task_retry_count(self) -> tuple[int | None, int | None]:
        """Return `(retries of user code, fallback retries)`; the largest of each over a step's decorators counts."""
        return 0, 0

    def task_pre_step(
        self,
        step_name: str,
        task_datastore: Any,
        metadata: Any,
        run_id: str,
        task_id: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        ubf_context: Any,
        inputs: Any,
    ) -> None:
        """TASK, the first hook of every attempt; artifacts of earlier steps are there."""

    @instead_of(task_pre_step)
    def task_pre_step_ctx(self, step_name: str) -> None:
        """`task_pre_step`, with the rest in the context."""

    def task_decorate(
        self, step_func: Any, flow: Any, graph: Any, retry_count: int, max_user_code_retries: int, ubf_context: Any
    ) -> Any:
        """TASK, after `task_pre_step` of all: return the function to run instead of `step_func`, or `step_func` itself.

        It is called as the step is: without arguments, in a join with the inputs.
        """
        return step_func

    @instead_of(task_decorate)
    def task_decorate_ctx(self, step_name: str, step_func: Any) -> Any:
        """`task_decorate`, with the rest in the context."""

    def task_post_step(
        self, step_name: str, flow: Any, graph: Any, retry_count: int, max_user_code_retries: int
    ) -> None:
        """TASK, after the body ended without an exception, and its transition is a valid one."""

    def task_exception(
        self,
        exception: BaseException,
        step_name: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
    ) -> bool | None:
        """TASK, after a hook or the body failed; return True when that is handled and the flow should go on.

        Every decorator of the step hears of it, whatever another one returned.
        """
        return None

    @instead_of(task_post_step, task_exception)
    def task_step_completed_ctx(self, step_name: str, *, exception: BaseException | None = None) -> bool | None:
        """`task_post_step`, or `task_exception` where `exception` is given, with the rest in the context."""

    def task_finished(
        self, step_name: str, flow: Any, graph: Any, is_task_ok: bool, retry_count: int, max_user_code_retries: int
    ) -> None:
        """TASK, after the attempt's record was committed; artifacts can no longer change."""

    @instead_of(task_finished)
    def task_finished_ctx(self, step_name: str, is_task_ok: bool) -> None:
        """`task_finished`, with the rest in the context."""

    def operator_arguments(self) -> dict[str, Any]:
        """Return arguments of the step's Airflow operator that this decorator asks for. LAUNCH, in `flows-compile`.

        For instance `{"pool": "gpu", "queue": "large"}`; values must be what a Python literal can say, or a timedelta.
        Callbacks are import paths: `{"on_failure_callback": "acme.alerts.page"}`. What the command line says wins, and
        of two decorators the one further from the step's `def`.
        """
        return {}

    def documentation(self) -> str | None:
        """Return a line of Markdown for the task's page in Airflow, or None. LAUNCH, in `flows-compile`."""
        return None
