"""POST /failover and its trackings: reading a request, rendering a flow, and the doors."""
