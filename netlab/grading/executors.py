"""What grading runs on: processes of this computer, or whatever offers itself as an executor.

An executor is a `concurrent.futures.Executor`.  A package offers one as an entry point of the group
"netlab.executors": something that is called with the number of jobs and gives an executor.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from netlab.grading.sources import SubmissionsError

Maker = Callable[[int], Executor]

GROUP = "netlab.executors"


def found(name: str) -> Maker:
    """The executor of that name, or at "module:object".  SubmissionsError naming all."""
    if name in OWN:
        return OWN[name]
    known = {entry.name: entry for entry in entry_points(group=GROUP)}
    entry = EntryPoint(name, name, GROUP) if ":" in name else known.get(name)
    if entry is None:
        there = ", ".join(sorted({*OWN, *known}))
        raise SubmissionsError(
            f"no executor is called {name!r}: there are {there}, and any module:object"
        )
    try:
        return entry.load()  # type: ignore[no-any-return]
    except (ImportError, AttributeError, ValueError) as error:
        raise SubmissionsError(f"the executor {name} cannot be loaded: {error}") from None


def processes(jobs: int) -> Executor:
    """So many processes of this computer, which end with the one that made them."""
    # "fork" would copy the progress bar's thread in whatever state it is
    context = multiprocessing.get_context("spawn")
    return Processes(jobs, context, initializer=_begin)


class Processes(ProcessPoolExecutor):
    """A pool that, where it is not waited for, ends what is under way."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if not wait:
            for process in [*self._processes.values()]:
                process.terminate()
        super().shutdown(wait, cancel_futures=cancel_futures)


def _begin() -> None:
    """In each process: Ctrl-C is for the one that made it, whose end is its end."""
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def dask(jobs: int) -> Executor:
    """The cluster of DASK_SCHEDULER_ADDRESS; without one, so many workers on this computer."""
    try:
        import dask.config
        from distributed import Client, LocalCluster
        from distributed.cfexecutor import ClientExecutor
    except ImportError:
        raise SubmissionsError("Dask is missing: pip install 'netlab[cluster]'") from None
    cluster: Any = None
    if not dask.config.get("scheduler-address", None):
        cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None)
    try:
        client = Client(cluster, set_as_default=False)
    except OSError as error:
        raise SubmissionsError(f"Dask's scheduler does not answer: {error}") from None

    class OnDask(ClientExecutor):  # type: ignore[misc]
        """Dask's own, which leaves the cluster running when it ends."""

        def shutdown(self, wait: bool = True, **options: Any) -> None:
            super().shutdown(wait)  # type: ignore[no-untyped-call]
            client.close()
            if cluster is not None:
                cluster.close()

    return OnDask(client, pure=False)  # type: ignore[no-untyped-call]


OWN: dict[str, Maker] = {"processes": processes, "threads": ThreadPoolExecutor, "dask": dask}
