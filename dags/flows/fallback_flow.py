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
