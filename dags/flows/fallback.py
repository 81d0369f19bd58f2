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
