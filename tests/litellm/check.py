"""Holds what multipolar says of LiteLLM's router against the router itself. Nothing is sent: every answer is made up.

Usage: check.py MULTIPOLAR ROOT
"""

import collections
import importlib.metadata
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_TELEMETRY"] = "False"

import litellm  # noqa: E402
import yaml  # noqa: E402
from litellm import Router  # noqa: E402

litellm.suppress_debug_info = True
PICKS = 250
# Standard errors within which a share of the picks must lie.
STANDARD_ERRORS = 4
# Configurations whose groups are picked by weight, requests per minute, or evenly, without wildcards.
SHUFFLED = ["azure_names", "eu_profiles", "multi_cloud", "retired", "shuffle"]
problems = []


def run(*arguments):
    ended = subprocess.run([multipolar, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        problems.append(f"multipolar {' '.join(arguments)} ended with {ended.returncode}: {ended.stderr}")
    return ended.stdout


def made_up(config):
    """The deployments, each answering with its own id, or its place in the list."""
    deployments = []
    for place, entry in enumerate(config["model_list"], start=1):
        info = dict(entry.get("model_info") or {})
        name = info.setdefault("id", f"{entry['model_name']}#{place}")
        params = {k: v for k, v in entry["litellm_params"].items() if k in ("weight", "rpm", "tpm", "order", "tags", "region_name")}
        # The provider says nothing about who is picked, and some need an account to start with.
        params |= {"model": "openai/made-up", "api_key": "none", "mock_response": name}
        deployments.append({"model_name": entry["model_name"], "litellm_params": params, "model_info": {"id": name}})
    return deployments


def picks(router, group):
    counts = collections.Counter()
    for _ in range(PICKS):
        answer = router.completion(model=group, messages=[{"role": "user", "content": "hello"}])
        counts[answer.choices[0].message.content] += 1
    return counts


def compare(router, group, shares, where):
    counts = picks(router, group)
    for name in set(counts) | set(shares):
        share, seen = shares.get(name, 0.0), counts[name] / PICKS
        error = math.sqrt(share * (1 - share) / PICKS)
        if abs(seen - share) > STANDARD_ERRORS * error + 1e-9:
            problems.append(f"{where}: '{group}' picks '{name}' {seen:.3f} of the time, and not {share:.3f}")


def routes(file):
    """Shares of the first step by group and deployment."""
    answer = json.loads(run("routes", str(file), "--format", "json"))
    first = lambda group: {hop["deployment"]: hop["share"] for hop in group["hops"] if hop["step"] == 1}
    return answer, {group["group"]: first(group) for group in answer["groups"]}


def check_shares_of_fixtures():
    for name in SHUFFLED:
        file = root / f"tests/fixtures/litellm/{name}.yaml"
        config = yaml.safe_load(file.read_text())
        router = Router(model_list=made_up(config), num_retries=0)
        _, shares = routes(file)
        # One group of each is enough: the one with the most deployments on its first step.
        group = max(shares, key=lambda group: len(shares[group]))
        compare(router, group, shares[group], name)


def check_router_keys():
    """A router starts exactly where no key is said to be unknown."""
    for file in sorted((root / "tests/fixtures/litellm").glob("*.yaml")):
        if file.stem in ("broken", "includes", "secrets"):
            continue
        config = yaml.safe_load(file.read_text())
        answer, _ = routes(file)
        unknown = [f["message"] for f in answer["findings"] if f["code"] == "unknown-router-key"]
        settings = config.get("router_settings") or {}
        try:
            Router(model_list=made_up({"model_list": config["model_list"][:1]}), **settings)
            starts = True
        except TypeError:
            starts = False
        if starts == bool(unknown):
            problems.append(f"{file.stem}: the router {'starts' if starts else 'does not start'}, but {unknown}")


def check_export():
    """The router loads an export, picks by its weights, and turns to the standbys when the others fail."""
    with tempfile.TemporaryDirectory() as folder:
        snippet = pathlib.Path(folder) / "snippet.yaml"
        run("export", "litellm", str(root / "portfolios/european_bank.yaml"), "--out", str(snippet), "--quiet")
        config = yaml.safe_load(snippet.read_text())
        settings = config["router_settings"]
        router = Router(model_list=made_up(config), num_retries=0, **settings)
        _, shares = routes(snippet)
        group = max(shares, key=lambda group: len(shares[group]))
        compare(router, group, shares[group], "export")
        alias, target = next(iter(settings["model_group_alias"].items()))
        if set(picks_once(router, alias)) - set(shares[target]):
            problems.append(f"export: the alias '{alias}' does not reach '{target}'")
        failing = made_up(config)
        with_standby = next(iter(settings["fallbacks"][0]))
        for deployment in failing:
            if deployment["model_name"] == with_standby:
                deployment["litellm_params"]["mock_response"] = "litellm.InternalServerError"
        router = Router(model_list=failing, num_retries=0, **settings)
        reached = picks_once(router, with_standby)
        if not all(name.startswith(f"{with_standby}-standby|") for name in reached):
            problems.append(f"export: when '{with_standby}' fails, {reached} answers")


def picks_once(router, group):
    answer = router.completion(model=group, messages=[{"role": "user", "content": "hello"}])
    return [answer.choices[0].message.content]


multipolar, root = sys.argv[1], pathlib.Path(sys.argv[2])
check_router_keys()
check_shares_of_fixtures()
check_export()
for problem in problems:
    print(problem, file=sys.stderr)
print(f"LiteLLM {importlib.metadata.version('litellm')} {'differs' if problems else 'agrees'}")
sys.exit(1 if problems else 0)
