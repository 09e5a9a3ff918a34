"""The page's example ("결제 취소하기") in Python: a full cancel, with the environment's keys.

    BOOTPAY_APPLICATION_ID=… BOOTPAY_PRIVATE_KEY=… python page.py RECEIPT_ID

With `BOOTPAY_BASE_URL` it talks to a sandbox.
"""

from __future__ import annotations

import os
import sys

from bootpay_cancel import AlreadyCancelled, Bootpay, BootpayError, Cancelled, Options


def main(receipt_id: str) -> None:
    """Cancels a payment, and says what came of it."""
    options = Options()
    if base_url := os.environ.get("BOOTPAY_BASE_URL"):
        options["base_url"] = base_url
    bootpay = Bootpay(os.environ["BOOTPAY_APPLICATION_ID"], os.environ["BOOTPAY_PRIVATE_KEY"], **options)

    # What a crash left behind is found on the next start.
    print(f"{len(bootpay.recover().unknown)} intents are still unknown")

    try:
        outcome = bootpay.cancel(receipt_id, canceller="API 관리자", reason="API에 의한 요청")
    except BootpayError as error:
        # An error means that this call moved no money. It says what happened, and what to do about it.
        sys.exit(str(error))
    if isinstance(outcome, Cancelled):
        figures = outcome.cancellation
        print(f"cancelled {figures.cancelled_price} won, {figures.remain_price} won remain")
    elif isinstance(outcome, AlreadyCancelled):
        print(f"it had been cancelled before: {outcome.server_message}")
    else:
        print(f"nobody knows yet; reconcile {outcome.cancel_id} later, and do not ask again")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("page.py RECEIPT_ID")
    main(sys.argv[1])
