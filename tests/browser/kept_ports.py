"""Ports that the servers of one process of tests take in turn: a browser keeps scripts, compiled, by their address."""

import random
import socket

_PORTS = random.SystemRandom().sample(range(20_000, 32_000), 20)  # below those that outgoing connections take


def take_port():
    """The first of them on which nobody listens now; the server has to listen before the next one is taken."""
    return next(port for port in _PORTS if is_free(port))


def is_free(port):
    """Whether a server could listen there, on every address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
        return True
