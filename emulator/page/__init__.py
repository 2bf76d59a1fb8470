"""The page in the browser: `static/` has its files, `page.page` serves them.

The server's side knows nothing of what the page shows; the page's scripts get that from the emulator's own API.
"""
