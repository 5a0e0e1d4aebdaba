"""Sounds that browsers do not play (Apple's voice memos, phones' AMR) get a copy that they do."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)

COPY = "audio/mp4"
LONGEST = 3600  # seconds; of a longer sound the rest is left out of the copy
BIT_RATE = 64_000


def playable_copy(source: Path, target: Path) -> bool:
    """Write AAC in MP4; False, and no file, when the source cannot be decoded.

    PyAV is imported here because it costs 30 MB that most processes never need.
    """
    import av

    try:
        with av.open(str(source)) as sound, av.open(str(target), "w", format="ipod") as copy:
            stream = copy.add_stream("aac", rate=44_100)
            stream.bit_rate = BIT_RATE
            for frame in sound.decode(audio=0):
                if frame.time is not None and frame.time > LONGEST:
                    break
                copy.mux(stream.encode(frame))
            copy.mux(stream.encode(None))
    except (av.FFmpegError, IndexError, ValueError, OSError) as error:
        log.info("no playable copy: %s", type(error).__name__)
        target.unlink(missing_ok=True)
        return False
    return True
