"""Do one thing in a process of its own, with bounds on time and memory, and say what came of it."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.errors import ObservatoireError

if TYPE_CHECKING:
    from collections.abc import Callable

#: What any file under 10 MB may take.
SECONDS, MEGABYTES = 20.0, 1500


@dataclass(frozen=True)
class Outcome:
    """What came of it: « read », « refused » with our own error, or a fault with its name."""

    kind: str
    words: str
    seconds: float
    megabytes: float

    @property
    def sound(self) -> bool:
        """Whether it ended by itself, by our own words, within its bounds."""
        return self.kind in ("read", "refused")


def confined(
    action: Callable[[], object], seconds: float = SECONDS, megabytes: int = MEGABYTES
) -> Outcome:
    """Do something in a process of its own."""
    come, go = os.pipe()
    child = os.fork()
    if not child:
        os.close(come)
        _work(action, go, seconds, megabytes)
    os.close(go)
    # Time is that of the processor, for a busy machine is no fault; what waits for ever is stopped.
    ready, _, _ = select.select([come], [], [], 6 * seconds)
    answer = b""
    while ready and (part := os.read(come, 65_536)):
        answer += part
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.close(come)
    _, status, usage = os.wait4(child, 0)
    taken, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    if not ready:
        return Outcome("hang", "", taken, memory)
    if not answer:
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
            return Outcome("hang", "", taken, memory)
        return Outcome("crash", f"status {status}", taken, memory)
    kind, words = json.loads(answer)
    if memory > megabytes and kind in ("read", "refused"):
        kind = "memory"
    return Outcome(kind, words, taken, memory)


def _work(action: Callable[[], object], go: int, seconds: float, megabytes: int) -> None:
    with Path("/proc/self/statm").open() as file:
        room = int(file.read().split()[0]) * resource.getpagesize() + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        answer = ("read", str(action()))
    except ObservatoireError as error:
        answer = ("refused", str(error))
    except MemoryError:
        answer = ("memory", "MemoryError")
    except BaseException:  # noqa: BLE001 - whatever comes is what is looked for
        answer = ("traceback", traceback.format_exc()[-2000:])
    kind, words = answer
    os.write(
        go, json.dumps((kind, words[-2000:] if kind == "traceback" else words[:2000])).encode()
    )
    os._exit(0)
