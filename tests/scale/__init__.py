"""What several emulators on one PostgreSQL withstand: `.venv/bin/python -m tests.scale --help`.

Each trial does something bad to them under load and checks that what was promised holds, or asks one emulator what
another one has changed.
"""
