"""A server that takes requests and never answers."""

from __future__ import annotations

import socket
import threading


class Deaf:
    """Listens on a port of this machine, and tells when it was asked and when the caller has hung up."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = threading.Event()
        self.hung_up = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while connection.recv(65_536):
                self.asked.set()
            self.hung_up.set()

    def close(self) -> None:
        self._listener.close()
