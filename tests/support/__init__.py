"""What tests share: running emulators and receivers, sample values and bodies."""
