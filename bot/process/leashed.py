"""`python -m bot.process.leashed MODULE ARGUMENTS`: a program that ends when the process that started it is gone, however it went.

The starter keeps the other end of this process's standard input. Its end of file says that the starter is gone, on every
system, also after `kill -9`. A program that does not end when it is asked to is ended. Knows nothing of the program.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from typing import Final

#: Seconds that the program has for its end.
_GRACE: Final = 3.0


def _watch() -> None:
    while os.read(0, 1024):  # nobody writes; whatever comes is no end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(128 + signal.SIGTERM)


def main() -> None:
    threading.Thread(target=_watch, name="leash", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
