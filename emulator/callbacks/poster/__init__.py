"""How a callback is posted over HTTP, for all who post: the courier, and the check of a customer's receiver.

- The status decides. Once it has come, in time, nothing that follows is a verdict; of the body the first 200
  characters are kept, as long as the time limit allows, and the connection is used again if it ended properly.
- The URL is requested as given, but for its fragment; a name and password in it become Basic authentication. There are
  no redirects, cookies or compression, and no headers but Host, Content-Type and Content-Length.
- A used connection that ends before a byte of the answer has come is no answer: the post is made again at once, on a
  new one.
- A receiver gets so many connections at most, and all receivers together as many as leave the server enough files.
  Further posts wait in their order, and a post's time begins when its connection may be made.
- A name that is slow to look up holds up its own posts only, and what it takes is nobody's time.

It knows nothing of flows, stores and emulated time.
"""

from __future__ import annotations

from emulator.callbacks.poster.connection import ANSWER_LIMIT
from emulator.callbacks.poster.pool import Poster
from emulator.callbacks.poster.sending import SHOWN, Reply

__all__ = ["ANSWER_LIMIT", "SHOWN", "Poster", "Reply"]
