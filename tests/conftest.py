"""What holds for every test: a busy machine is no failure, and what is checked before a change lands is the same twice.

Elsewhere property tests try other examples every time.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("unhurried")
