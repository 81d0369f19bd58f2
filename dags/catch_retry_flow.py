"""Airflow DAG of the flow CatchRetryFlow.

Compiled from catch_retry_flow.py by airflow-provider-flows 0.1.0: change the flow and
compile it again instead of editing this file.
Sources: blake3:fd9521bdfb9836a33391c8163cac2511eb65687ddcdea9856aadf64e4f366587
"""

from datetime import timedelta

from airflow.sdk import DAG, task_group
from airflow_provider_flows.operators import FlowStepOperator, compiled_flow

FLOW = compiled_flow(
    "CatchRetryFlow",
    entry="catch_retry_flow.py",
    digest="blake3:fd9521bdfb9836a33391c8163cac2511eb65687ddcdea9856aadf64e4f366587",
    sources=lambda: SOURCES,
)

with DAG(
    dag_id="CatchRetryFlow",
    schedule=None,
    description="Divide 10 by each of a few numbers, and keep the results of the divisions that worked.",
    doc_md="Divide 10 by each of a few numbers, and keep the results of the divisions that worked.",
    catchup=False,
    tags=["flow"],
) as dag:
    start = FlowStepOperator(
        flow=FLOW,
        task_id="start",
        doc_md="Choose the numbers to divide by.",
    )

    @task_group(group_id="foreach_divisors", prefix_group_id=False)
    def foreach_divisors(split):
        FlowStepOperator(
            flow=FLOW,
            task_id="divide",
            retries=5,
            retry_delay=timedelta(0),
            map_index_template="{{ split_label }}",
            doc_md="Divide 10 by one of the numbers.",
        )

    divisors = foreach_divisors.expand(split=start.output)
    join = FlowStepOperator(
        flow=FLOW,
        task_id="join",
        trigger_rule="all_done",
        doc_md="Leave out the division whose failure was caught.",
    )
    end = FlowStepOperator(flow=FLOW, task_id="end", doc_md="Say that all is done.")

    divisors >> join >> end

SOURCES = {
    "catch_retry_flow.py": '''\
"""Three divisions side by side, one of them by zero: it is tried again, then caught, and the flow goes on."""

from airflow_provider_flows import FlowSpec, catch, retry, step


class CatchRetryFlow(FlowSpec):
    """Divide 10 by each of a few numbers, and keep the results of the divisions that worked."""

    @step
    def start(self):
        """Choose the numbers to divide by."""
        self.divisors = [0, 1, 2]
        self.next(self.divide, foreach="divisors")

    @catch(var="divide_fail")
    @retry(times=2, minutes_between_retries=0)
    @step
    def divide(self):
        """Divide 10 by one of the numbers."""
        self.res = 10 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        """Leave out the division whose failure was caught."""
        self.results = [division.res for division in inputs if not division.divide_fail]
        print("results", self.results)
        self.next(self.end)

    @step
    def end(self):
        """Say that all is done."""
        print("done!")


if __name__ == "__main__":
    CatchRetryFlow()
''',
}
