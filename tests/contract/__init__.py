"""The provider's documentation, section by section: a test for each of its sentences that can be observed from outside,
over real sockets. How each is kept in detail is tested where it is kept.
"""
