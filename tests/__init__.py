"""The tests: one module for each module of the emulator, and what several of them need."""
