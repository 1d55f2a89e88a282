"""Keeps generated requests short: simulations and jobs have at most 50 trials, so that the time goes into many requests."""

import schemathesis

MOST = 50
ALLOWED = 10_000_000


def shorter(value):
    """The value with fewer trials; what is refused anyway stays as it is."""
    if isinstance(value, dict):
        return {key: few(item) if key == "trials" else shorter(item) for key, item in value.items()}
    return [shorter(item) for item in value] if isinstance(value, list) else value


def few(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return MOST if is_number and MOST < value <= ALLOWED else value


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = shorter(case.body)
    if isinstance(case.body, dict) and case.path.endswith("/jobs"):
        study = case.body.setdefault("study", {})
        if isinstance(study, dict):
            study.setdefault("trials", MOST)
