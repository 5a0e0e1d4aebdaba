"""A client that sends too fast is told so, and may go on later."""

from __future__ import annotations

from apps.core.sockets import pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_send_so_many_frames() -> None:
    clock = Clock()
    bucket = pace.Pace(clock)
    assert [bucket.allows() for _ in range(int(pace.BURST) + 1)] == [True] * int(pace.BURST) + [False]
    clock.now += 2
    assert [bucket.allows() for _ in range(int(pace.RATE))] == [True] * int(pace.RATE)
