"""A child's connection: frames in, frames out, safe to send from several threads."""

from __future__ import annotations

import threading

from ...errors import OllamaError
from ..frames import ByteReader, ByteWriter, Frame, read_frame, write_frame


class Channel:
    """Both directions of one connection to a client."""

    def __init__(self, reader: ByteReader, writer: ByteWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._sending = threading.Lock()

    def receive(self) -> Frame | None:
        """Wait for the next frame; None when the client has closed. To be called from one thread only."""
        return read_frame(self.reader)

    def send(self, frame: Frame) -> None:
        """Raises: OSError when the client is gone."""
        with self._sending:
            write_frame(self.writer, frame)

    def send_error(self, error: OllamaError, request: int = 0) -> None:
        """The client raises this error again where it waits for ``request``."""
        self.send(Frame.of_error(error, request))
