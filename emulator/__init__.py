"""A local emulator of Routee's Failover API.

Public are `emulator.client`, `emulator.testing` and `emulator.fakes`. The rooms of the house, from the lowest to
the highest; a room may import the lower ones, with the exceptions that pyproject.toml names (`tool.importlinter`):

clock       time: clocks, durations, instants, delays
validation  a body held against a JSON Schema
channels    Sms, Viber, Voice: what each allows, as tables
journal     what happened, in words
flow        one request on its way: request, state, machine
scenario    what the channels will report, and how that is read from files
store       where it is kept: the contract, and SQLite
accounts    credentials, tokens, prices, balances
callbacks   telling the customer's webhook
planning    what a request comes to
engine      letting it happen
http        the listener and the protocol
provider    Routee's API: a folder for each service
fakes       made-up requests: a provider for Faker, and fixed samples
recording   what happened, written as a scenario
control     the emulator's own API below /_emulator
page        what a browser shows
client      a client of both APIs; it knows nothing of the rooms above but clock and journal
testing     the pytest plugin, an embedded emulator, a receiver
cli         the command line

At the top lie what rooms share (`settings`, `seed`, `shipped`, `errors`) and what puts them together (`emulation`,
`app`, `server`).
"""

__version__ = "0.1.0"
