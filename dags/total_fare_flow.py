"""Airflow DAG of the flow TotalFareFlow.

Compiled from total_fare_flow.py by airflow-provider-flows 0.1.0: change the flow and
compile it again instead of editing this file.
Sources: blake3:e1cd4756ee717b60d1881237cacd0b844dd12854c0af349b5e179013fa3abd72
"""

from airflow.sdk import DAG, Param
from airflow_provider_flows.operators import FlowStepOperator, compiled_flow

FLOW = compiled_flow(
    "TotalFareFlow",
    entry="total_fare_flow.py",
    digest="blake3:e1cd4756ee717b60d1881237cacd0b844dd12854c0af349b5e179013fa3abd72",
    sources=lambda: SOURCES,
)

with DAG(
    dag_id="TotalFareFlow",
    schedule=None,
    description="Add up the fares of taxi rides. Trigger it with `reset` to add them up again.",
    doc_md="Add up the fares of taxi rides. Trigger it with `reset` to add them up again.",
    catchup=False,
    tags=["flow"],
    params={
        "reset": Param(
            False,
            type="boolean",
            description="Do not reuse the total of an earlier run.",
        ),
        "rides": Param(
            "taxi_rides.csv",
            type="string",
            description="Rides, as CSV with a column fare_amount. (path of a file)",
        ),
    },
) as dag:
    start = FlowStepOperator(flow=FLOW, task_id="start", doc_md="Nothing to prepare.")
    compute_fare = FlowStepOperator(
        flow=FLOW,
        task_id="compute_fare",
        doc_md="Add up the fares.",
    )
    end = FlowStepOperator(flow=FLOW, task_id="end", doc_md="Show the total.")

    start >> compute_fare >> end

SOURCES = {
    "memoize.py": '''\
"""`@memoize(artifact="name")`: take the artifact over from the latest successful run, and skip the step.

Where there is no such run, or where the parameter that `reset="parameter"` names is true, the step runs. Runs of other
namespaces are not seen.
"""

from airflow_provider_flows import Flow, current, user_step_decorator


@user_step_decorator
def memoize(step_name, flow, inputs=None, attributes=None):
    artifact = attributes["artifact"]
    if getattr(flow, attributes.get("reset", ""), False):
        print("⚙\ufe0f memoized results disabled - running the step")
        yield
        return
    previous = latest_result(step_name, artifact)
    if previous is None:
        print("⚙\ufe0f previous results not found - running the step")
        yield
    else:
        run_id, value = previous
        print(f"✅ reusing results from a previous run {run_id}")
        setattr(flow, artifact, value)
        yield {}


def latest_result(step_name, artifact):
    """Return the run that the artifact comes from and its value; None whatever the reason that there is none."""
    try:
        run = Flow(current.flow_name).latest_successful_run
        return run.id, run[step_name].task[artifact].data
    except Exception:
        return None
''',
    "taxi_rides.csv": """ride,distance_km,fare_amount
1,6.7,15.23
2,3.5,9.15
3,12.6,26.44
4,2.1,6.49
5,10.6,22.64
6,7.5,16.75
7,1.9,6.11
8,10.0,21.50
9,1.5,5.35
10,8.7,19.03
11,2.1,6.49
12,2.5,7.25
13,8.5,18.65
14,15.8,32.52
15,3.1,8.39
16,4.9,11.81
17,12.2,25.68
18,18.0,36.70
19,11.3,23.97
20,8.0,17.70
21,18.6,37.84
22,1.6,5.54
23,16.4,33.66
24,6.1,14.09
25,3.4,8.96
26,2.9,8.01
27,6.4,14.66
28,15.7,32.33
29,4.1,10.29
30,11.4,24.16
31,12.4,26.06
32,7.6,16.94
33,10.8,23.02
34,1.9,6.11
35,1.9,6.11
36,4.5,11.05
37,13.2,27.58
38,8.6,18.84
39,6.5,14.85
40,11.5,24.35
""",
    "total_fare_flow.py": '''"""A result that takes long to compute, taken over from the latest successful run."""

import csv
import io

from airflow_provider_flows import FlowSpec, IncludeFile, Parameter, step
from memoize import memoize


class TotalFareFlow(FlowSpec):
    """Add up the fares of taxi rides. Trigger it with `reset` to add them up again."""

    reset = Parameter("reset", default=False, is_flag=True, help="Do not reuse the total of an earlier run.")
    rides = IncludeFile("rides", default="taxi_rides.csv", help="Rides, as CSV with a column fare_amount.")

    @step
    def start(self):
        """Nothing to prepare."""
        self.next(self.compute_fare)

    @memoize(artifact="total_fare", reset="reset")
    @step
    def compute_fare(self):
        """Add up the fares."""
        rows = csv.DictReader(io.StringIO(self.rides))
        self.total_fare = round(sum(float(row["fare_amount"]) for row in rows), 2)
        self.next(self.end)

    @step
    def end(self):
        """Show the total."""
        print(f"Total taxi fares: ${self.total_fare}")


if __name__ == "__main__":
    TotalFareFlow()
''',
}
