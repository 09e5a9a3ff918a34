"""What is measured: the package as it ships, the official SDK, and the usual clients doing the same bytes by hand.

Those that are no SDK hold a token that was obtained once, and send what the package sends. They keep no journal, look
at no answer, and know nothing of tries that may have arrived: they are the limit, and not the competition.

The older official package, `bootpay`, is not among them. It sends forms, which the page does not describe and the
sandbox refuses, and, unless told otherwise, one and the same `cancel_id` for all refunds of a process.
"""

from __future__ import annotations

import json
import os
import threading
from io import BytesIO
from pathlib import Path
from typing import Any, Callable

CANCELLER = {"name": "bench", "reason": "bench"}


class Place:
    """Where the peer is, over one transport."""

    def __init__(self, told: dict[str, Any], transport: str) -> None:
        self.url: str = told[transport]
        self.ca: str | None = told["ca"] if self.url.startswith("https:") else None
        self.application_id: str = told["application_id"]
        self.private_key: str = told["private_key"]

    def token(self) -> str:
        """A token, obtained by hand."""
        import requests

        keys = {"application_id": self.application_id, "private_key": self.private_key}
        answer = requests.post(f"{self.url}/request/token.json", json=keys, verify=self.ca or True, timeout=10)
        return str(answer.json()["data"]["token"])

    def headers(self) -> dict[str, str]:
        """What is sent with every cancel."""
        return {"Authorization": self.token(), "Content-Type": "application/json", "Accept": "application/json"}


def body(receipt_id: str) -> bytes:
    """What a full cancel sends."""
    return json.dumps({"receipt_id": receipt_id, "cancel_id": f"bp-{receipt_id}", **CANCELLER}).encode()


def options(place: Place, journal: str | None) -> dict[str, Any]:
    """How the package's clients are made."""
    from bootpay_cancel import MemoryJournal

    bundle = {} if place.ca is None else {"ca_bundle": Path(place.ca).read_bytes()}
    return {"base_url": place.url, "journal": journal or MemoryJournal(), **bundle}


def ours(place: Place, journal: str | None) -> Callable[[str], object]:
    """The blocking client."""
    from bootpay_cancel import Bootpay

    client = Bootpay(place.application_id, place.private_key, **options(place, journal))
    return lambda receipt_id: client.cancel(receipt_id, canceller="bench", reason="bench")


def official_backend(place: Place, _: str | None) -> Callable[[str], object]:
    """`bootpay-backend`. Its address is written into it, so it is changed here, and nothing else is."""
    from bootpay_backend import BootpayBackend

    BootpayBackend.BASE_URL = {"production": f"{place.url}/v2"}
    os.environ["REQUESTS_CA_BUNDLE"] = place.ca or ""
    client = BootpayBackend(place.application_id, place.private_key)
    client.get_access_token()
    return lambda receipt_id: client.cancel_payment(
        receipt_id=receipt_id, cancel_id=f"bp-{receipt_id}", cancel_username="bench", cancel_message="bench"
    )


def requests_session(place: Place, _: str | None) -> Callable[[str], object]:
    """`requests.Session`, one for each thread."""
    import requests

    headers, local = place.headers(), threading.local()

    def cancel(receipt_id: str) -> object:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.headers.update(headers)
            local.session.verify = place.ca or True
        return local.session.post(f"{place.url}/cancel.json", data=body(receipt_id), timeout=60).json()

    return cancel


def httpx_client(place: Place, _: str | None) -> Callable[[str], object]:
    """`httpx.Client`, shared."""
    import ssl

    import httpx

    verify = ssl.create_default_context(cafile=place.ca) if place.ca else True
    client = httpx.Client(headers=place.headers(), verify=verify, timeout=60)
    return lambda receipt_id: client.post(f"{place.url}/cancel.json", content=body(receipt_id)).json()


def pycurl_handle(place: Place, _: str | None) -> Callable[[str], object]:
    """`pycurl`, a handle for each thread."""
    import pycurl

    headers, local = [f"{name}: {value}" for name, value in place.headers().items()], threading.local()

    def cancel(receipt_id: str) -> object:
        if not hasattr(local, "handle"):
            local.handle = pycurl.Curl()
            local.handle.setopt(pycurl.URL, f"{place.url}/cancel.json")
            local.handle.setopt(pycurl.HTTPHEADER, headers)
            if place.ca:
                local.handle.setopt(pycurl.CAINFO, place.ca)
        answer = BytesIO()
        local.handle.setopt(pycurl.WRITEDATA, answer)
        local.handle.setopt(pycurl.POSTFIELDS, body(receipt_id))
        local.handle.perform()
        return json.loads(answer.getvalue())

    return cancel


def ours_async(place: Place, journal: str | None) -> tuple[Callable[[str], Any], Callable[[], Any]]:
    """The asyncio client."""
    from bootpay_cancel import AsyncBootpay

    client = AsyncBootpay(place.application_id, place.private_key, **options(place, journal))
    return lambda receipt_id: client.cancel(receipt_id, canceller="bench", reason="bench"), client.aclose


def aiohttp_session(place: Place, _: str | None) -> tuple[Callable[[str], Any], Callable[[], Any]]:
    """`aiohttp`, with as many connections as there are callers."""
    import ssl

    import aiohttp

    context = ssl.create_default_context(cafile=place.ca) if place.ca else True
    session = aiohttp.ClientSession(headers=place.headers(), connector=aiohttp.TCPConnector(limit=32, ssl=context))

    async def cancel(receipt_id: str) -> object:
        async with session.post(f"{place.url}/cancel.json", data=body(receipt_id)) as answer:
            return await answer.json()

    return cancel, session.close


def httpx_async(place: Place, _: str | None) -> tuple[Callable[[str], Any], Callable[[], Any]]:
    """`httpx.AsyncClient`, with as many connections as there are callers."""
    import ssl

    import httpx

    verify = ssl.create_default_context(cafile=place.ca) if place.ca else True
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    client = httpx.AsyncClient(headers=place.headers(), verify=verify, limits=limits, timeout=60)

    async def cancel(receipt_id: str) -> object:
        return (await client.post(f"{place.url}/cancel.json", content=body(receipt_id))).json()

    return cancel, client.aclose
