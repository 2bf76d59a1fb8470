"""The command line as a program: `failover-emulator` and `python -m emulator`."""

from __future__ import annotations

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line. The garbage collector hardly runs while modules are imported: they stay, so it would search
    them in vain, for a tenth of the time that a server takes to be ready.
    """
    _open_streams()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    gc.set_threshold(100_000, *gc.get_threshold()[1:])
    from emulator.cli.main import main as command

    command(prog_name="failover-emulator")


def _open_streams() -> None:
    """Open the null device in place of each standard stream that is closed: the next file or socket would get its
    number, and libuv aborts the process that then uses it.
    """
    for number, (name, mode) in enumerate({"stdin": "r", "stdout": "w", "stderr": "w"}.items()):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode))


def _end(number: int, _: object) -> None:
    """End on a signal, whatever runs. This is said before anything is imported, since the kernel gives process 1, as a
    container's is, no default action: what comes before is lost.
    """
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
