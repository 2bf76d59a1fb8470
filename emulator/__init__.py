"""A local emulator of Routee's Failover API.

Public, and kept as it is within a major version, is what `emulator.testing` lists in its `__all__`, of which
`emulator.client` and `emulator.fakes` are parts, all of it typed; the fixtures and options of the pytest plugin; the
commands and their options; the API below /_emulator, as its OpenAPI document has it; and the language of scenarios. All
else may change.

The rooms of the house, from the lowest to the highest; a room may import lower ones, and pyproject.toml
(`tool.importlinter`) says which:

clock       time: clocks, durations, instants, delays
validation  checks a body against a JSON Schema
choices     what the provider's documentation leaves open, and how it is answered
channels    Sms, Viber, Voice: what each allows, as tables
journal     the kinds of journal entries, and their words
flow        a flow: its request, its state, the machine that moves it
scenario    decides what the channels report, and is read from files
store       keeps everything: the contract, SQLite, PostgreSQL
accounts    credentials, tokens, prices, balances; templates, senders, contacts
callbacks   posts callbacks to the customer's webhook, with retries
planning    plans what becomes of a request
engine      runs flows on their clocks, and lets users steer them
http        the listener, the protocol, TLS, the proxy
client      a client of both APIs; of the emulator's rooms it knows clock, journal and the lowest
provider    Routee's API: a folder for each service
fakes       made-up requests: a provider for Faker, and fixed samples
recording   writes what happened as a scenario, and compares captured traffic with an emulator
control     the emulator's own API below /_emulator
page        what a browser shows
testing     the pytest plugin, an embedded emulator, a receiver
cli         the command line

Beside the rooms are the modules that they share (`settings`, `seed`, `shipped`, `errors`) and those that put them
together (`emulation`, `app`, `server`).
"""

__version__ = "0.1.0"
