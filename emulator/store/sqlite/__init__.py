"""The store on SQLite, in memory or on a file. The door is `store.sqlite.store`."""
