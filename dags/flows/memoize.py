"""`@memoize(artifact="name")`: take the artifact over from the latest successful run, and skip the step.

Where there is no such run, or where the parameter that `reset="parameter"` names is true, the step runs. Runs of other
namespaces are not seen.
"""

from airflow_provider_flows import Flow, current, user_step_decorator


@user_step_decorator
def memoize(step_name, flow, inputs=None, attributes=None):
    artifact = attributes["artifact"]
    if getattr(flow, attributes.get("reset", ""), False):
        print("⚙️ memoized results disabled - running the step")
        yield
        return
    previous = latest_result(step_name, artifact)
    if previous is None:
        print("⚙️ previous results not found - running the step")
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
