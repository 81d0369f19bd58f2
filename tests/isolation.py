"""What the tests and the demo take over from whoever starts them: what a program needs, and nothing of his own."""

from __future__ import annotations

import os
import signal

KEPT = (
    *("HOME", "PATH", "SHELL", "USER", "LOGNAME", "LANG", "LC_", "TZ", "TERM", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_"),
    *("PYENV_", "PIP_", "UV_", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"),
    *("NODE_EXTRA_CA_CERTS", "npm_config_"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("PYTEST_", "FLOWS_TEST_"),
)
"""How the names of environment variables begin that stay: those by which programs and package indexes are found."""
IGNORED = "FLOWS_TEST_IGNORED_SIGNALS"
"""The signals that the process that began the tests ignores, for those that it shares them out to."""
_INTERRUPTS = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def isolate() -> None:
    """Forget all other environment variables, and let programs that are started from here hear signals."""
    for name in [name for name in os.environ if not name.startswith(KEPT)]:
        del os.environ[name]
    _hear_signals()


def _hear_signals() -> None:
    """Pass over the signals that this process ignores, instead of ignoring them.

    `nohup` and shells that start jobs in the background let all programs ignore them that come of it. A handler is
    forgotten by a program that is started from here, which then can be interrupted, as tests do.
    """
    given = os.environ.get(IGNORED, "").split()
    ignored = [each for each in _INTERRUPTS if signal.getsignal(each) == signal.SIG_IGN or each.name in given]
    for each in ignored:
        signal.signal(each, lambda *_: None)
    os.environ[IGNORED] = " ".join(each.name for each in ignored)
