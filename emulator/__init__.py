"""A local emulator of Routee's Failover API.

Public is what `emulator.testing` has; `emulator.client` and `emulator.fakes` are parts of it. The rooms of the house,
from the lowest to the highest; a room may import the lower ones, with the exceptions that pyproject.toml names
(`tool.importlinter`):

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
provider    Routee's API: a folder for each service
fakes       made-up requests: a provider for Faker, and fixed samples
recording   writes what happened as a scenario
control     the emulator's own API below /_emulator
page        what a browser shows
client      a client of both APIs; it knows nothing of the rooms above but clock and journal
testing     the pytest plugin, an embedded emulator, a receiver
cli         the command line

At the top are the modules that rooms share (`settings`, `seed`, `shipped`, `errors`) and those that put the rooms
together (`emulation`, `app`, `server`).
"""

__version__ = "0.1.0"
