"""The store on PostgreSQL 14 or newer, which asyncpg speaks to. The door is `store.postgres.store`.

Several processes may share a schema. What each has in memory follows what the others write (`memory`, `news`), and
their transactions come one after the other (`commit`).
"""
