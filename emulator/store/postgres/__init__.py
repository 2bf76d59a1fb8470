"""The store on PostgreSQL 14 or newer, which asyncpg speaks to. The door is `store.postgres.store`.

For now one emulator at a time uses a database's schema: it holds an advisory lock, and a second one is refused.
"""
