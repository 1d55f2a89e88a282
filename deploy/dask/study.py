"""A simulation in shards on a Dask cluster, and its merge.

    python deploy/dask/study.py bank.yaml --trials 1000000 --shards 20 --folder shards --scheduler tcp://host:8786

Without --scheduler, a cluster of processes is started on this machine. All workers need the program, this folder and
the portfolio under the same paths, and a shared FOLDER. A worker that dies loses its shard only, which another one runs.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from distributed import Client, as_completed

DEPLOY = Path(__file__).resolve().parent.parent


def shard(portfolio: str, trials: int, number: int, of: int, folder: str, threads: int) -> int:
    """Run one shard and return its number; an error carries what the program said."""
    environment = os.environ | {"MULTIPOLAR_THREADS": str(threads)}
    command = [str(DEPLOY / "shard.sh"), portfolio, str(trials), str(number), str(of), folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"shard {number} of {of} ended with exit code {done.returncode}:\n{done.stderr}")
    return number


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portfolio", type=Path)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=Path("shards"))
    parser.add_argument("--scheduler", help="address of a running scheduler")
    parser.add_argument("--workers", type=int, default=2, help="processes, where no scheduler is given")
    parser.add_argument("--threads", type=int, default=1, help="threads of one shard")
    arguments = parser.parse_args()

    portfolio, folder = str(arguments.portfolio.resolve()), str(arguments.folder.resolve())
    cluster = {"address": arguments.scheduler} if arguments.scheduler else {
        "n_workers": arguments.workers, "threads_per_worker": 1, "dashboard_address": None}
    with Client(**cluster) as client:
        numbers = range(1, arguments.shards + 1)
        tasks = [client.submit(shard, portfolio, arguments.trials, number, arguments.shards, folder,
                               arguments.threads, retries=2, pure=False) for number in numbers]
        for task in as_completed(tasks):
            print(f"shard {task.result()} of {arguments.shards} is done", file=sys.stderr)
    return subprocess.run([DEPLOY / "merge.sh", portfolio, str(arguments.shards), folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
