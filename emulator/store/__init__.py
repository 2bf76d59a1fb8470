"""Where flows, callbacks, the journal and what belongs to an application are kept: the contract, and its engines.

The door is `store.contract`; each engine has a folder. A store decides nothing: it knows no machine, no engine, no
rendering, and not what the page groups by.
"""
