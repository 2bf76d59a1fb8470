"""The Viber service: POST /viber and what belongs to it. A message is a flow of one step.

It knows no other service. Its front door is `viber.service`.
"""
