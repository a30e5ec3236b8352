"""Feeds changes from memory to a live app and prints what the driver measures.

python live_feed.py memory CHANGES      CHANGES changes of 100 keys; prints the resident bytes on the way
python live_feed.py beside CHANGES      a change each 20 ms, beside a feed whose target takes 1 s a call
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from told_target import QUICK, SLOW, tell

import cocoindex as coco

KEYS = 100
# What is held after this part of the changes is what a long-running program starts with.
WARM = 0.2


def resident_bytes() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Feed:
    """Changes one key after the other, `pause` seconds apart, and says when each change was made."""

    def __init__(self, name: str, changes: int, pause: float) -> None:
        self.name = name
        self.changes = changes
        self.pause = pause

    async def watch(self, subscriber: Any) -> None:
        await subscriber.mark_ready()
        for number in range(self.changes):
            tell(f"{self.name}-{number % KEYS}-made", number)
            await subscriber.update(f"{self.name}-{number % KEYS}", number)
            await asyncio.sleep(self.pause)
        tell("end", self.name)
        await asyncio.Event().wait()


class MemoryFeed(Feed):
    """Changes as fast as they are taken, and says how much memory the process has on the way."""

    async def watch(self, subscriber: Any) -> None:
        await subscriber.mark_ready()
        handles = []
        for number in range(self.changes):
            handles.append(await subscriber.update(f"{self.name}-{number % KEYS}", number))
            if len(handles) == KEYS:
                for handle in handles:
                    await handle.ready()
                handles.clear()
            if number + 1 == int(self.changes * WARM):
                tell("warm", resident_bytes())
        tell("end", resident_bytes())
        await asyncio.Event().wait()


@coco.fn
async def declare_keyed(value: int) -> None:
    coco.declare_target_state(QUICK.target_state(f"key-{value % KEYS}", str(value)))


@coco.fn
async def declare_slowly(value: int) -> None:
    coco.declare_target_state(SLOW.target_state(f"slow-{value % KEYS}", str(value)))


@coco.fn
async def main(kind: str, changes: int) -> None:
    if kind == "memory":
        await coco.mount_each(declare_keyed, MemoryFeed("key", changes, 0))
    else:
        await coco.mount_each(declare_slowly, Feed("slow", 1_000_000, 0.1))
        await coco.mount_each(declare_keyed, Feed("key", changes, 0.02))


if __name__ == "__main__":
    coco.App("live_feed", main, sys.argv[1], int(sys.argv[2])).update_blocking(live=True)
