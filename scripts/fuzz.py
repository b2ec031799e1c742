"""`make fuzz SECONDS=3600`: tries every property of the tests with new examples for as long as it is given, and tells what broke.

Starts pytest again and again, each time with new seeds. Knows nothing of what the properties say.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
#: How many times as many examples as in `make test` one round tries.
ROUND: Final = 4
_BROKEN: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_TRIED: Final = re.compile(r"(\d+) passed")


def play_round(seed: int) -> subprocess.CompletedProcess[str]:
    """All properties once, with fresh examples that this seed makes."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "hypothesis",
        "-p",
        "no:cacheprovider",
        f"--hypothesis-seed={seed}",
    ]
    own = {**os.environ, "PAPERBOY_FUZZ": str(ROUND)}
    return subprocess.run([*command, *sys.argv[2:]], cwd=ROOT, env=own, capture_output=True, text=True, check=False)


def main() -> int:
    seconds = float(sys.argv[1])
    end = time.monotonic() + seconds
    finds: dict[str, str] = {}
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        seed = secrets.randbits(32)
        done = play_round(seed)
        rounds += 1
        broken = _BROKEN.findall(done.stdout)
        if done.returncode not in (0, 1) or (done.returncode == 1 and not broken):
            print(done.stdout + done.stderr)
            return 70
        tried = _TRIED.search(done.stdout)
        print(f"round {rounds}, seed {seed}: {tried[1] if tried else 0} properties hold", flush=True)
        if new := [name for name in broken if name not in finds]:
            finds |= dict.fromkeys(new, f"PAPERBOY_FUZZ={ROUND} python -m pytest --hypothesis-seed={seed}")
            print(done.stdout, flush=True)
    for name, again in finds.items():
        print(f"broken: {name}; to see it again: {again} {name!r}")
    print(f"{rounds} rounds of {ROUND} times the examples of `make test` in {seconds:.0f} s: {len(finds)} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
