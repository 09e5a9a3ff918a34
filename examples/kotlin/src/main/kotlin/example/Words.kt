package example

import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import kr.co.bootpay.cancel.CancelAmount
import kr.co.bootpay.cancel.IntentState
import kr.co.bootpay.cancel.MoneyIsBack
import kr.co.bootpay.cancel.UnknownCause

// What the staff reads.

internal fun words(state: IntentState): String = when (state) {
    IntentState.RESERVED -> "접수됨"
    IntentState.SENDING -> "요청 중"
    IntentState.UNKNOWN -> "결과 미확인"
    IntentState.CANCELLED -> "취소 완료"
    IntentState.ALREADY_CANCELLED -> "이미 취소됨"
    IntentState.REFUSED -> "거절됨"
    IntentState.NOT_SENT -> "전송되지 않음"
    IntentState.NOT_CANCELLED -> "취소되지 않음(직원 확인)"
}

internal fun words(cause: UnknownCause): String = when (cause) {
    UnknownCause.TIMED_OUT -> "응답이 제때 오지 않았습니다"
    UnknownCause.DISCONNECTED -> "연결이 끊겼습니다"
    UnknownCause.UNPROVEN -> "결과를 알 수 없는 응답이 왔습니다"
    UnknownCause.IN_PROGRESS -> "PG사에서 처리 중입니다"
    UnknownCause.GATEWAY_LOST -> "부트페이와 PG사 사이의 연결이 끊겼습니다"
    UnknownCause.REFUSED_AFTER_A_TRY -> "먼저 보낸 요청이 도착했을 수 있습니다"
    UnknownCause.ID_SEEN_BEFORE -> "이미 접수된 적이 있는 취소 ID입니다"
    UnknownCause.TOKEN_LOST -> "요청 뒤에 토큰을 받지 못했습니다"
    UnknownCause.INTERRUPTED -> "요청하던 프로그램이 중단되었습니다"
}

internal fun words(money: MoneyIsBack): String = when (money) {
    MoneyIsBack.YES -> "환불되었습니다"
    MoneyIsBack.ACCEPTED_FOR_TRANSFER -> "환불 계좌로의 이체가 접수되었습니다. 입금까지는 시간이 걸립니다"
    MoneyIsBack.UNCONFIRMED -> "부트페이 장부에는 아직 결제로 남아 있습니다. PG사 관리자 화면에서 확인해 주세요"
}

/** What an intent is about, in short. */
internal fun words(amount: CancelAmount): String = when (amount) {
    is CancelAmount.Full -> "전액"
    is CancelAmount.Partial -> "일부 ${won(amount.price)}"
}

/** An amount as people write it. */
internal fun won(amount: Long?): String = if (amount == null) "?" else "%,d원".format(amount)

internal fun korean(at: Instant): String =
    DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").format(at.atZone(ZoneId.of("Asia/Seoul")))
