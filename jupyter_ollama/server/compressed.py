"""Bodies that arrive compressed (zstd), unpacked no further than they may be."""

from __future__ import annotations

import sys

from ..wire.fields import bad

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

MAX_BYTES = 20 << 20
_OPTIONS: dict[int, int] = {DecompressionParameter.window_log_max: 25}
"""32 MiB: what unpacking may take besides its result."""


def unpacked(body: bytes) -> bytes:
    """What a zstd body holds.

    Raises: BadRequest for one that is damaged or cut short, and for more than ``MAX_BYTES``.
    """
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    while body:
        frame = ZstdDecompressor(options=_OPTIONS)
        try:
            parts.append(frame.decompress(body, room))
        except ZstdError as error:
            raise bad(f"the zstd body cannot be read: {error}") from None
        room -= len(parts[-1])
        if room <= 0:
            raise bad(f"the request is larger than {MAX_BYTES:,} bytes when it is unpacked", 413)
        if not frame.eof:
            raise bad("the zstd body is cut short")
        body = frame.unused_data
    return b"".join(parts)
