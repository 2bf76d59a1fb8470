"""What the channels will report: rules, what they match, and the outcomes that they plan. Pure.

Nothing here knows the bytes of requests, or stores. `scenario.files` reads scenarios from YAML; it is not imported
here, since the YAML library would slow every start.
"""
