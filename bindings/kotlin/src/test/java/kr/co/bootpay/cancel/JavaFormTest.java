package kr.co.bootpay.cancel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** That the Java form compiles and reads as Java. */
class JavaFormTest extends SandboxTest {
    @Test
    void oneLineCancelsInFull() {
        String receiptId = getSandbox().add(10_000);
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            CancelOutcome outcome = bootpay.cancel(receiptId);
            String said = outcome.fold(
                    cancelled -> cancelled.getCancellation().getCancelledPrice() + "원",
                    alreadyCancelled -> "이미 취소된 결제입니다",
                    unknown -> "아직 알 수 없습니다: " + unknown.getCancelId());
            assertEquals("10000원", said);
        }
    }
}
