"""How a callback is posted over HTTP, for everybody who posts: the courier, and the check of a customer's receiver.

- The status decides. Once it has come in time, nothing that follows changes the outcome. The first 200 characters of
  the body are kept, if they come within the time limit; the connection is reused if the answer ended properly.
- The URL is requested as given, without its fragment; a name and password in it become Basic authentication. There are
  no redirects, cookies or compression, and no headers but Host, Authorization, Content-Type and Content-Length.
- If a reused connection closes before the first byte of the answer, the post is made again at once on a new one.
- A receiver gets a limited number of connections, and all receivers together at most half of the files that the
  process may open. Further posts wait in order, and a post's time limit begins when its connection may be made.
- A connection that is not established in time is no verdict if the receiver has answered others meanwhile: its post
  takes its turn again, since the backlog may be full of our own connections.
- A name that is slow to look up delays its own posts only, and the look-up does not count against the time limit.

It does not know flows, stores or emulated time.
"""

from __future__ import annotations

from emulator.callbacks.poster.connection import ANSWER_LIMIT
from emulator.callbacks.poster.pool import Poster

__all__ = ["ANSWER_LIMIT", "Poster"]
