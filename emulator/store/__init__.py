"""Where flows, callbacks, the journal and the state of applications are kept: the contract, and its implementations.

Other rooms import the contract and its values, the modules here; only `stores` imports an implementation, each of which
has a folder. A store decides nothing: it knows no machine, no engine and no rendering.
"""
