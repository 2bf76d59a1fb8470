"""Where flows, callbacks, the journal and the state of applications are kept: the contract, and its implementations.

Other rooms import `store.contract` and `store.records`; each implementation has a folder. A store decides nothing: it
knows no machine, no engine, no rendering, and not what the page groups flows by.
"""
