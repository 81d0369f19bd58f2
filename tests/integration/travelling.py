"""A flow that needs code and data from outside of its folder; nothing of it is left when Airflow runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from airflow_provider_flows.packaging.options import PackageOptions

from tests.flow.sources import flow
from tests.integration.deployment import FlowAirflow

UP = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parents[2]))"
READ = "from pathlib import Path\n\nRATE = float(Path(__file__).with_name('rate.txt').read_text())\n"
BODY = """
def start(self):
    self.numbers = [1, 2, 3]
    self.next(self.each, foreach="numbers")
def each(self):
    from team.tools.prices import price
    self.price = price(self.input)
    self.next(self.join)
def join(self, inputs):
    self.prices = [each.price for each in inputs]
    self.next(self.end)
def end(self): pass
"""
FILES = {
    "team/jobs/travelling_flow.py": flow(BODY, UP).replace("class F(", "class TravellingFlow("),
    "team/__init__.py": "",
    "team/tools/prices.py": "from .rates import RATE\n\n\ndef price(number):\n    return RATE * number\n",
    "team/tools/rates.py": READ,
    "team/tools/rate.txt": "1.5",
}


def deploy_travelling(airflow: FlowAirflow, folder: Path) -> None:
    """Deploy it from `folder`, and remove that."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    included = PackageOptions(include=("../tools/*.txt",))
    airflow.deploy(folder / "team" / "jobs" / "travelling_flow.py", package=included)
    shutil.rmtree(folder)
