"""The Voice service: POST /voice/conversation and what belongs to it. A call is a flow of one step.

It knows no other service. Its front door is `voice.service`. What happens while a call lasts is the machine's.
"""
