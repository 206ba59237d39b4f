"""Asks a service how it is, from a container without a shell or curl: `python -m service probe`.

Only the standard library is imported, so that it costs a tenth of what starting the service does.
"""
