"""Whether the ports that services need are free."""

import socket
from collections.abc import Iterable

import psutil

from domain.errors import ServiceError
from scripts.services.plan import LOOPBACK, NativeService


def check_ports(services: Iterable[NativeService]) -> None:
    """Raise a ServiceError that names every port that somebody else listens on, the service that needs it, and who."""
    needed = [(port.inside, native.name) for native in services for port in native.service.ports]
    taken = [f"port {port} (for {name}) by {_listener(port)}" for port, name in needed if not is_free(port)]
    if taken:
        raise ServiceError(
            f"Nothing was started, since ports are taken: {'; '.join(taken)}.", "End what listens there."
        )


def is_free(port: int) -> bool:
    """Whether a port of the loopback address can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
        return True


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:2] == (port,)
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()}, process {connection.pid}"
    except psutil.Error:
        pass
    return "another program"
