"""What the channels will report: rules, what they match, outcomes, and which scenario is in force. Pure.

How a scenario is read from YAML is the business of `scenario.files`, which is not imported here: YAML costs start-up
time. Nothing here knows the bytes of requests, or stores.
"""
