"""`python -m emulator` is `failover-emulator`."""

import gc

gc.disable()  # what is imported stays; `listener.run` has the collector work again

from emulator.cli import main  # noqa: E402

if __name__ == "__main__":
    main(prog_name="failover-emulator")
