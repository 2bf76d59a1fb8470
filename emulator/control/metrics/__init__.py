"""What Prometheus asks: counts and times of one emulator as a whole, in its text format.

What is counted stands elsewhere already; a scrape reads it. `exposition` alone needs prometheus-client, the extra
`metrics`, and is imported when somebody first asks.
"""
