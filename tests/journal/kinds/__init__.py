"""Tests of the kinds of journal entries."""
