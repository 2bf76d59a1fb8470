"""How a flow is shown: its messages as elements, and the whole of it, in the shape of failover's trackings. Pure."""
