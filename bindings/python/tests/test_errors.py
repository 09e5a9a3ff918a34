"""Errors help, survive pickling, and show no secret."""

from __future__ import annotations

import copy
import logging
import pickle
import time
from typing import TYPE_CHECKING, Any, Callable

import pytest

from bootpay_cancel import (
    Bootpay,
    BootpayError,
    CallLost,
    Conflict,
    InvalidInput,
    LookupFailed,
    MemoryJournal,
    NotSent,
    RefundAccount,
    Refused,
    Secret,
    SuppliedToken,
    TokenUnavailable,
    find_bank,
)

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox


def test_a_refusal_keeps_the_servers_words_and_adds_a_hint(bootpay: Bootpay, sandbox: Sandbox) -> None:
    with pytest.raises(Refused) as caught:
        bootpay.cancel(sandbox.add(20_000, refuse_with="settlement"))
    error = caught.value
    # What happened, and under it what to do about it.
    assert str(error) == (
        "refused (HTTP 500, code -90502, PG code SBX02): 정산예정 금액이 취소금액보다 작아 취소할 수 없습니다\n"
        "정산 예정 금액이 취소 금액보다 적어 PG사가 취소를 승인하지 않았습니다. 해결 방법"
        "(정산 후 취소, 부족분 입금 등)을 PG사에 문의해 주세요."
    )
    assert str(error) == f"{error.text}\n{error.hint}"
    assert (error.kind, error.code) == ("refused.settlement", "-90502")
    assert error.hint is not None
    assert error.hint.startswith("정산 예정 금액이")
    assert error.hint_english is not None
    assert "settlement" in error.hint_english
    assert error.refusal.pg_code == "SBX02"
    assert error.refusal.intent is not None


def test_each_kind_of_error_is_a_class(bootpay: Bootpay, sandbox: Sandbox) -> None:
    with pytest.raises(Refused) as missing:
        bootpay.receipt("nothing")
    assert missing.value.kind == "refused.not_found"
    sandbox.fault(on="lookup", times=20, says={"status": {"code": 502, "body": "html"}})
    with pytest.raises(LookupFailed), sandbox.client(lookup_timeout=0.3) as impatient:
        impatient.receipt(sandbox.add(10_000))
    with Bootpay("app", "key", base_url="http://127.0.0.1:9", journal=MemoryJournal()) as nowhere:
        with pytest.raises((NotSent, TokenUnavailable)) as unreachable:
            nowhere.cancel("612df0250d681b001de61de6")
        assert unreachable.value.kind.endswith(".connect")
    assert not issubclass(CallLost, BootpayError)


def test_what_an_exception_shows_is_pinned(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    shown: list[str] = []
    for call in (
        lambda: bootpay.cancel("a b"),
        lambda: bootpay.cancel(receipt_id, price=0),
        lambda: bootpay.cancel(receipt_id, price="3000"),  # type: ignore[arg-type]
        lambda: bootpay.cancel(receipt_id, price=20_000),
        lambda: find_bank("국민은헹"),
    ):
        with pytest.raises(BootpayError) as caught:
            call()
        shown.append(str(caught.value))
    assert shown == [
        "`receipt_id` has a character that does not belong there: 1 to 64 letters, digits, `_` or `-`, as in "
        "612df0250d681b001de61de6\n"
        "영문자, 숫자, '-', '_'로 된 64자 이내의 영수증 ID(receipt_id)를 넣어 주세요.",
        "`price` is zero: a partial cancel names an amount; to give everything back, ask for a full cancel\n"
        "부분 취소에는 금액이 필요합니다. 남은 금액을 모두 취소하려면 전액 취소로 요청해 주세요.",
        "`price` is a str: an int, in whole won\n금액을 원 단위의 정수(int)로 넣어 주세요.",
        "refused: 20,000 won were asked for and 10,000 won remain; nothing was sent\n"
        "취소할 수 있는 금액이 요청과 다릅니다. 영수증을 조회해 남은 금액과, 다른 곳에서 먼저 취소한 "
        "내역이 있는지 확인해 주세요.",
        "`refund.bank` is not known: a bank's three-digit code or its name, as in 004 or 국민은행; "
        "did you mean 국민은행?\n"
        "은행 코드나 은행 이름을 넣어 주세요. 잘못된 은행으로 보낸 돈은 돌아오지 않으므로 추측하지 않습니다. "
        "혹시 국민은행?",
    ]


def test_what_only_python_can_get_wrong_is_explained_in_korean_too(bootpay: Bootpay, sandbox: Sandbox) -> None:
    def cancel(**given: Any) -> object:
        return bootpay.cancel("612df0250d681b001de61de6", **given)

    calls: list[tuple[Callable[..., object], dict[str, Any]]] = [
        *((cancel, {"price": price}) for price in (None, True, 3000.0, "3000", 2**80)),
        (cancel, {"tax_free": 100}),
        (cancel, {"price": 3_000, "expected_remaining": 100}),
        (cancel, {"reason": "\ud800"}),
        (cancel, {"cancel_id": 7}),
        (cancel, {"refund_account": "004"}),
        (bootpay.intents, {"open": 1}),
        (bootpay.intents, {"limit": -1}),
        *((sandbox.client, {"cancel_timeout": wrong}) for wrong in ("1", float("nan"), -1)),
        *((sandbox.client, {"journal": wrong}) for wrong in (7, "")),
        *((sandbox.client, {name: "x"}) for name in ("dialect", "environment", "ca_bundle", "option")),
    ]
    for call, given in calls:
        with pytest.raises(InvalidInput) as caught:
            call(**given)
        error = caught.value
        assert error.hint is not None, given
        assert any("가" <= letter <= "힣" for letter in error.hint), error.hint
        assert error.hint.endswith("주세요."), error.hint
        assert error.hint_english, given
        assert str(error) == f"{error.text}\n{error.hint}"
    assert sandbox.ledger() == []


def errors(bootpay: Bootpay, sandbox: Sandbox) -> list[BootpayError]:
    receipt_id = sandbox.add(10_000)
    bootpay.cancel(receipt_id, price=1_000)

    def caught(**request: Any) -> BootpayError:
        with pytest.raises(BootpayError) as info:
            bootpay.cancel(**request)
        return info.value

    return [
        caught(receipt_id=""),
        caught(receipt_id=receipt_id, price=1_000),
        caught(receipt_id=sandbox.add(9_000, refuse_with="limit")),
    ]


def test_errors_survive_pickling_and_copying(bootpay: Bootpay, sandbox: Sandbox) -> None:
    found = errors(bootpay, sandbox)
    assert [type(error) for error in found] == [InvalidInput, Conflict, Refused]
    for error in found:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(error, protocol))
            assert type(again) is type(error)
            assert (str(again), vars(again)) == (str(error), vars(error))
        assert vars(copy.copy(error)) == vars(error)


def test_outcomes_and_intents_survive_pickling(bootpay: Bootpay, sandbox: Sandbox) -> None:
    outcome = bootpay.cancel(sandbox.add(10_000))
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    (intent,) = bootpay.intents()
    assert pickle.loads(pickle.dumps(intent)) == intent
    assert intent.created_at.isoformat().endswith("+09:00")


def test_secrets_are_shown_nowhere(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[object] = []
    with sandbox.client() as client:
        account = RefundAccount("004", "66569112432134", "카나리아")
        token = client.token()
        shown += [client, account, token, SuppliedToken(token), SuppliedToken("canary-token"), Secret("canary-secret")]
        shown.append(client.cancel(sandbox.add(10_000, virtual_account=True, method="vbank"), refund_account=account))
        shown.append(client.preview(sandbox.add(10_000, virtual_account=True, method="vbank"), refund_account=account))
        shown.append(client.intents())
    with Bootpay("app", Secret("canary-private-key"), base_url=sandbox.base_url, journal=MemoryJournal()) as wrong:
        shown.append(wrong)
        with pytest.raises(BootpayError) as caught:
            wrong.cancel(sandbox.add(10_000))
        shown += [caught.value, vars(caught.value)]
    with pytest.raises(InvalidInput) as caught:
        Bootpay("app", "canary private key")
    shown += [caught.value, vars(caught.value)]
    with pytest.raises(InvalidInput) as caught:
        RefundAccount("004", "canary-account", "홍길동")
    shown += [caught.value, vars(caught.value)]

    deadline = time.monotonic() + 5
    while "answered" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    texts = [f"{each} {each!r}" for each in shown] + [caplog.text]
    assert "bootpay_cancel.cancel" in caplog.text
    for secret in ["canary", "66569112432134", "카나리아", token.expose(), sandbox.private_key]:
        assert not any(secret in text for text in texts), secret
    for opaque in [token, account]:
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(opaque)
