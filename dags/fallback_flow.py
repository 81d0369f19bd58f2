"""Airflow DAG of the flow FallbackFlow.

Compiled from fallback_flow.py by airflow-provider-flows 0.1.0: change the flow and
compile it again instead of editing this file.
Sources: blake3:59db6decae5544fd3a4595ca677607886c0ea1c59a8e1a9cc103ec20e5eab8b5
"""

from datetime import timedelta

from airflow.sdk import DAG
from airflow_provider_flows.operators import FlowStepOperator, compiled_flow

FLOW = compiled_flow(
    "FallbackFlow",
    entry="fallback_flow.py",
    digest="blake3:59db6decae5544fd3a4595ca677607886c0ea1c59a8e1a9cc103ec20e5eab8b5",
    sources=lambda: SOURCES,
)

with DAG(
    dag_id="FallbackFlow",
    schedule=None,
    description="Read a price that is missing, and go on with the price of yesterday.",
    doc_md="Read a price that is missing, and go on with the price of yesterday.",
    catchup=False,
    tags=["flow"],
) as dag:
    start = FlowStepOperator(
        flow=FLOW,
        task_id="start",
        doc_md="Remember the last price that is known.",
    )
    price = FlowStepOperator(
        flow=FLOW,
        task_id="price",
        retries=1,
        retry_delay=timedelta(0),
        doc_md="Take the price of today.",
    )
    end = FlowStepOperator(flow=FLOW, task_id="end", doc_md="Say which price counts.")

    start >> price >> end

SOURCES = {
    "fallback.py": '''\
"""`@fallback`: run the step once; when it is retried, do something harmless instead of failing again.

With `indicator="name"`, the artifact `name` says that the fallback ran.
"""

from airflow_provider_flows import current, user_step_decorator


@user_step_decorator
def fallback(step_name, flow, inputs=None, attributes=None):
    def instead(self, inputs=None):
        print("🛟 step failed: executing a fallback")
        indicator = attributes.get("indicator")
        if indicator:
            setattr(self, indicator, True)

    if current.retry_count == 0:
        yield
    else:
        yield instead
''',
    "fallback_flow.py": '''\
"""A step that fails: the first try runs it, the second one a fallback, and the flow goes on."""

from airflow_provider_flows import FlowSpec, retry, step
from fallback import fallback


class FallbackFlow(FlowSpec):
    """Read a price that is missing, and go on with the price of yesterday."""

    @step
    def start(self):
        """Remember the last price that is known."""
        self.prices = {"yesterday": 41.5}
        self.next(self.price)

    @retry(times=1, minutes_between_retries=0)
    @fallback(indicator="failed")
    @step
    def price(self):
        """Take the price of today."""
        self.today = self.prices["today"]
        self.next(self.end)

    @step
    def end(self):
        """Say which price counts."""
        known = getattr(self, "failed", False)
        print("price", self.prices["yesterday"] if known else self.today)


if __name__ == "__main__":
    FallbackFlow()
''',
}
