"""The failover service: reading a request, rendering a flow, and the doors for POST /failover and its trackings.

It knows no other service. Its front door is `failover.service`.
"""
