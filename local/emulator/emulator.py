"""Runs MiniStack for as long as whoever started it lives, whichever way they end: its stdin is a pipe of theirs."""

import os
import signal
import threading


def end_with_owner() -> None:
    # Not through sys.stdin: a thread that holds its lock crashes Python on its way out.
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_owner, daemon=True).start()
    from ministack.app import main

    main()
