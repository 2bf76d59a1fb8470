"""A small service that uses the Failover API, and its tests, which meet the provider only through the emulator."""
