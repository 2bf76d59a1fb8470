"""Two-step verification: POST /2step sends a code, and the calls about it. The code's message is a flow of one step.

It knows no other service. Its front door is `twostep.service`.
"""
