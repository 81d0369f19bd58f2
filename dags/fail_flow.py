"""Airflow DAG of the flow FailFlow.

Compiled from fail_flow.py by airflow-provider-flows 0.1.0: change the flow and compile
it again instead of editing this file.
Sources: blake3:424d54f9c055a5fd0a5bc47dede05efb0405db04e62b79e2e67cdd657a443b70
"""

from airflow.sdk import DAG
from airflow_provider_flows.operators import FlowStepOperator, compiled_flow

FLOW = compiled_flow(
    "FailFlow",
    entry="fail_flow.py",
    digest="blake3:424d54f9c055a5fd0a5bc47dede05efb0405db04e62b79e2e67cdd657a443b70",
    sources=lambda: SOURCES,
)

with DAG(
    dag_id="FailFlow",
    schedule=None,
    description="Take square roots until there is none left to take. Set OPENAI_API_KEY to be told what went wrong.",
    doc_md="Take square roots until there is none left to take. Set OPENAI_API_KEY to be told what went wrong.",
    catchup=False,
    tags=["flow"],
) as dag:
    start = FlowStepOperator(
        flow=FLOW,
        task_id="start",
        doc_md="Count down from 3, one too far.",
    )
    end = FlowStepOperator(flow=FLOW, task_id="end", doc_md="Never reached.")

    start >> end

SOURCES = {
    "ai_debug.py": '''\
"""`@ai_debug`: when a step fails, send its source and the traceback to a language model and print what it suggests.

The key is taken from OPENAI_API_KEY. OPENAI_BASE_URL names any service with OpenAI's interface, OPENAI_MODEL its model.
"""

import inspect
import json
import os
import traceback
from urllib.request import Request, urlopen

from airflow_provider_flows import user_step_decorator

PROMPT = """
This is a step of a data flow:

{source}

When it ran, it raised this exception:

{stack_trace}

What is wrong, and how can it be fixed?
"""


@user_step_decorator
def ai_debug(step_name, flow, inputs=None, attributes=None):
    source = inspect.getsource(getattr(flow, step_name))
    try:
        yield
    except Exception:
        print("❌ Step failed:")
        stack_trace = traceback.format_exc()
        print(stack_trace)
        ask_for_help(PROMPT.format(source=source, stack_trace=stack_trace))
        raise


def ask_for_help(prompt):
    """Print the model's answer, or why there is none; a failing helper must not hide the step's own failure."""
    key = os.environ.get("OPENAI_API_KEY")
    if not key:
        print("Set OPENAI_API_KEY to get help with debugging.")
        return
    print("🧠 Asking AI for help...")
    try:
        print(f"🧠💡 AI suggestion:\\n\\n{answer_to(prompt, key)}")
    except (OSError, ValueError, LookupError) as error:
        print(f"The AI gave no answer: {error!r}")


def answer_to(prompt, key):
    base = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
    model = os.environ.get("OPENAI_MODEL", "gpt-4")
    question = {"model": model, "messages": [{"role": "user", "content": prompt}]}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = Request(f"{base.rstrip('/')}/chat/completions", json.dumps(question).encode(), headers)
    with urlopen(request, timeout=60) as response:
        return json.load(response)["choices"][0]["message"]["content"]
''',
    "fail_flow.py": '''"""A step that fails, and a decorator that asks a language model why."""

import math

from ai_debug import ai_debug
from airflow_provider_flows import FlowSpec, step


class FailFlow(FlowSpec):
    """Take square roots until there is none left to take. Set OPENAI_API_KEY to be told what went wrong."""

    @ai_debug
    @step
    def start(self):
        """Count down from 3, one too far."""
        x = 3
        for i in range(5):
            math.sqrt(x - i)
        self.next(self.end)

    @step
    def end(self):
        """Never reached."""


if __name__ == "__main__":
    FailFlow()
''',
}
