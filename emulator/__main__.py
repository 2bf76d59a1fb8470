"""The command line as a program: `failover-emulator` and `python -m emulator`."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line. The garbage collector hardly runs while modules are imported: they stay, so it would search
    them in vain, for a tenth of the time that a server takes to be ready.
    """
    gc.set_threshold(100_000, *gc.get_threshold()[1:])
    from emulator.cli.main import main as command

    command(prog_name="failover-emulator")


if __name__ == "__main__":
    main()
