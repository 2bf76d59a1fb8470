"""Where flows, callbacks, the journal and the state of applications are kept: the contract, and its implementations.

The door is `store.contract`; each implementation has a folder. A store decides nothing: it knows no machine, no engine,
no rendering, and not what the page groups flows by.
"""
