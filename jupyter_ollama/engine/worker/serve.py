"""Where a runner begins: private to one kernel, on its pipes, or known to all kernels of the user, on a socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from ..frames import Frame
from ..record import Record, read_record
from .channel import Channel
from .door import Door
from .log import Log
from .runner import Runner
from .tenancy import Tenancy, TenantChannel

MAX_LOG_BYTES = 1 << 20


def main(channel: Channel) -> None:
    """Serve the kernel that started this process, and end with it."""
    hello = channel.receive()
    record = Record.from_fields(hello.fields["record"]) if hello is not None else None
    if record is None:
        return
    runner = Runner(Log())
    tenancy = Tenancy(
        record, runner.pulse, lambda held: tenant.send(Frame("record", 0, asdict(held))), lambda: None, finish=runner.finish
    )

    def hang_up() -> None:
        runner.finish()
        os._exit(0)

    tenant = TenantChannel(channel.reader, channel.writer, tenancy, hang_up)
    tenancy.begin()
    runner.attach(tenant)
    runner.run()


def serve(listener: int, place: str) -> None:
    """Serve whoever connects, until nobody has use for this process."""
    path = Path(place)
    record = read_record(path)
    if record is None:  # somebody has cleared the folder
        return
    runner = Runner(Log())
    tenancy = Tenancy(record, runner.pulse, lambda held: held.write(path), _removal(path), lambda: _looks_after(path), runner.finish)
    tenancy.begin()
    Door(socket.socket(fileno=listener), tenancy, runner.attach).open()
    runner.run()


def _removal(path: Path) -> Callable[[], None]:
    def remove() -> None:
        for place in (path, path.with_suffix(".sock"), path.with_suffix(".log")):
            with suppress(OSError):
                place.unlink()

    return remove


def _looks_after(path: Path) -> bool:
    """Keep the log short. Returns whether others can still find this process."""
    with suppress(OSError):
        if os.fstat(2).st_size > MAX_LOG_BYTES:
            os.ftruncate(2, 0)
    return path.exists() and path.with_suffix(".sock").exists()
