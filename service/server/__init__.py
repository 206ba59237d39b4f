"""The process: sockets, signals, shutting down."""
