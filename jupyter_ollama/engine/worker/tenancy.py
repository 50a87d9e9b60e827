"""For how long a runner stays: it counts who uses it, and ends itself when nobody does and its time is over.

    from a client                                        to it
    hello    {build, record}                             (nothing; a client of another build is sent away)
    hold     {name, digest, keep_alive_s, limit}         held, gone when it is about to end, or an error when too many wait
    release  (id: the hold to end)                       released
    retire   {alone, idle}                               retired {done, idle}: it is given to nobody any more, and ends with its last hold;
                                                         not if it has other tenants, or is in use, where that is a condition
    ping                                                 pong {age_s, cpu_s}

These are answered by the thread that listens to the client, also while the model is loading or at work. Who goes without a word gives back
what it holds. Before it ends, a runner says ``bye``; its record is gone by then.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...errors import EngineBusy, EngineError, OllamaError
from ...sentences import Sentence
from ..frames import Frame
from ..record import LEAVING, LOADING, READY, Record, build
from .channel import Channel
from .pulse import Pulse

FIRST_HOLD_WITHIN_S = 30.0
CHECK_EVERY_S = 5.0
CALM_S = 0.02
"""That it is used, or is so no more, is not told more often than that."""


class Tenancy:
    """Who holds this process.

    Args:
        publish: makes the record known.
        withdraw: takes it back, and all that belongs to it; called before the process ends.
        still_known: whether others can find this process; asked now and then.
        finish: ends work that nobody waits for; called last, when nobody looks for this process any more.
    """

    def __init__(
        self, record: Record, pulse: Pulse, publish: Callable[[Record], None], withdraw: Callable[[], None],
        still_known: Callable[[], bool] = lambda: True, finish: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._record = record
        self._pulse = pulse
        self._publish, self._withdraw, self._still_known, self._finish = publish, withdraw, still_known, finish
        self._changed = threading.Condition()
        self._publishing = threading.Lock()
        self._stale = False
        self._channels: set[Channel] = set()
        self._tenants: set[Channel] = set()
        self._leases: dict[tuple[Channel, int], float] = {}
        self._released_at = time.monotonic()
        self._verbs: dict[str, Callable[[Channel, Frame], None]] = {
            "hello": self._hello, "hold": self._hold, "release": self._release, "retire": self._retire, "ping": self._ping,
        }  # fmt: skip

    def begin(self) -> None:
        """Say who one is, and look at the clock from now on."""
        with self._changed:
            self._update(pid=os.getpid())
        threading.Thread(target=self._keep_time, name="tenancy", daemon=True).start()

    def enter(self, channel: Channel) -> None:
        """A client has connected."""
        with self._changed:
            self._channels.add(channel)

    def leave(self, channel: Channel) -> None:
        """A client is gone, in whatever way."""
        with self._changed:
            self._channels.discard(channel)
            self._tenants.discard(channel)
            for key in [key for key in self._leases if key[0] is channel]:
                self._give_back(key)
            self._update(tenants=len(self._tenants))
            self._changed.notify_all()

    def handle(self, channel: Channel, frame: Frame) -> bool:
        """Do what a client asks for, if it is a matter of tenancy. Returns whether it was.

        Raises: EngineError for a client that cannot be talked to, OSError when it is gone.
        """
        verb = self._verbs.get(frame.kind)
        if verb is None:
            return False
        with self._changed:
            verb(channel, frame)
        return True

    def loaded(self, facts: dict[str, Any]) -> None:
        """The model is in memory."""
        with self._changed:
            sizes = {name: facts[name] for name in ("size_bytes", "gpu_bytes", "n_ctx") if name in facts}
            self._update(state=READY if self._record.state == LOADING else self._record.state, **sizes)

    def _hello(self, channel: Channel, frame: Frame) -> None:
        if frame.fields.get("build") != build():
            raise EngineError("The engine process is of another version.", hint="Restart the kernel.")

    def _hold(self, channel: Channel, frame: Frame) -> None:
        fields = frame.fields
        if self._record.state == LEAVING:
            return channel.send(Frame("gone", frame.id))
        if len(self._leases) >= fields["limit"]:
            return channel.send_error(_too_many(self._record.name), frame.id)
        self._leases[channel, frame.id] = fields["keep_alive_s"]
        self._tenants.add(channel)
        names = {name: digest for name, digest in self._record.names.items() if name != fields["name"]}
        names[fields["name"]] = fields["digest"]
        self._update(names=names, leases=len(self._leases), tenants=len(self._tenants), keep_alive_s=fields["keep_alive_s"])
        channel.send(Frame("held", frame.id))
        self._changed.notify_all()
        return None

    def _release(self, channel: Channel, frame: Frame) -> None:
        if (channel, frame.id) in self._leases:
            self._give_back((channel, frame.id))
        if self._left_s() <= 0:
            self._end()
        channel.send(Frame("released", frame.id))
        self._changed.notify_all()

    def _give_back(self, key: tuple[Channel, int]) -> None:
        keep_alive_s = self._leases.pop(key)
        self._released_at = time.monotonic()
        self._update(leases=len(self._leases), keep_alive_s=keep_alive_s, released_at=time.time())

    def _retire(self, channel: Channel, frame: Frame) -> None:
        fields, idle = frame.fields, not self._leases
        done = not (fields["alone"] and self._tenants - {channel}) and not (fields["idle"] and not idle)
        if done:
            self._update(state=LEAVING)
        channel.send(Frame("retired", frame.id, {"done": done, "idle": idle}))
        if self._left_s() <= 0:
            self._end()

    def _ping(self, channel: Channel, frame: Frame) -> None:
        channel.send(Frame("pong", frame.id, {"age_s": self._pulse.age_s, "cpu_s": time.process_time()}))

    def _left_s(self) -> float:
        """Seconds until the end; none of them for ever."""
        record = self._record
        if self._leases:
            return math.inf
        if record.state == LEAVING:
            return 0.0
        since = time.monotonic() - self._released_at
        if record.state == LOADING:  # nobody waits for the model, or nobody has come yet
            return 0.0 if record.released_at else FIRST_HOLD_WITHIN_S - since
        return math.inf if record.keep_alive_s < 0 else record.keep_alive_s - since

    def _keep_time(self) -> None:
        """Wait for the end (thread)."""
        with self._changed:
            while (left := self._left_s()) > 0:
                if self._stale:
                    self._changed.release()
                    time.sleep(CALM_S)
                    self._tell()
                    self._changed.acquire()
                    continue
                self._changed.wait(min(left, CHECK_EVERY_S))
                if self._record.state != LEAVING and not self._still_known():
                    self._update(state=LEAVING)
            self._end()

    def _update(self, **changes: Any) -> None:
        """Change the record. That it is in use or is so no more is told soon, by another thread; all else before this returns."""
        before, self._record = self._record, replace(self._record, **changes)
        if list(before.names) == list(self._record.names) and replace(before, leases=0, released_at=0) == replace(
            self._record, leases=0, released_at=0
        ):
            self._stale = True
        else:
            self._tell()

    def _tell(self) -> None:
        """Publish the record as it is now."""
        with self._publishing, suppress(OSError):  # a full disk: what is known stays what it was
            self._stale = False
            self._publish(self._record)

    def _end(self) -> None:
        """End this process. Whoever asks for a lock meanwhile waits until it is over."""
        self._publishing.acquire()
        with suppress(OSError):
            self._withdraw()
        for channel in self._channels:
            with suppress(OSError, OllamaError):
                channel.send(Frame("bye"))
        self._finish()
        sys.stderr.flush()
        os._exit(0)


class TenantChannel(Channel):
    """A client's connection whose listener sees to the tenancy before anything else."""

    def __init__(self, reader: Any, writer: Any, tenancy: Tenancy, hang_up: Callable[[], None]) -> None:
        super().__init__(reader, writer)
        self._tenancy = tenancy
        self._hang_up = hang_up
        tenancy.enter(self)

    def receive(self) -> Frame | None:
        """See ``Channel.receive``: only what the model is asked comes through. Who cannot be talked to is sent away."""
        with suppress(OllamaError, OSError, LookupError, TypeError, ValueError):
            while (frame := super().receive()) is not None:
                if not self._tenancy.handle(self, frame):
                    return frame
        self._tenancy.leave(self)
        self._hang_up()
        return None

    def send(self, frame: Frame) -> None:
        """See ``Channel.send``."""
        if frame.kind == "loaded":
            self._tenancy.loaded(dict(frame.fields))
        super().send(frame)


def _too_many(name: str) -> EngineBusy:
    return EngineBusy(
        Sentence("Too many requests wait for %1.", name), hint="Try again when some of them are done, or set OLLAMA_MAX_QUEUE.", name=name,
        text="server busy, please try again.  maximum pending requests exceeded",
    )  # fmt: skip
