"""A result that takes long to compute, taken over from the latest successful run."""

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
