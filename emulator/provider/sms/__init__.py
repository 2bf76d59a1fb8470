"""The Sms service: POST /sms and what belongs to it. A message is a flow of one step.

It knows no other service. Its front door is `sms.service`.
"""
