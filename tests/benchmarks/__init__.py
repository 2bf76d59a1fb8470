"""What the emulator costs, measured side by side with a bare application: `python -m tests.benchmarks`."""
