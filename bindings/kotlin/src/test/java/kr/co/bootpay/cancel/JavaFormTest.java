package kr.co.bootpay.cancel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kr.co.bootpay.cancel.sandbox.Movement;
import org.junit.jupiter.api.Test;

/** That the Java form compiles for Java 8, reads as Java, and works. */
class JavaFormTest extends SandboxTest {
    @Test
    void oneLineCancelsInFullAndAllThreeOutcomesAreHandled() {
        String receiptId = getSandbox().add(10_000);
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            CancelOutcome outcome = bootpay.cancel(receiptId);
            String said = outcome.fold(
                    cancelled -> cancelled.getCancellation().getCancelledPrice() + "원",
                    alreadyCancelled -> "이미 취소된 결제입니다",
                    unknown -> "아직 알 수 없습니다: " + unknown.getCancelId());
            assertEquals("10000원", said);

            List<String> handled = new ArrayList<>();
            outcome.handle(
                    cancelled -> handled.add(cancelled.getReceiptId()),
                    alreadyCancelled -> handled.add("already"),
                    unknown -> handled.add("unknown"));
            assertEquals(Collections.singletonList(receiptId), handled);
            assertTrue(outcome instanceof CancelOutcome.Cancelled);
        }
    }

    @Test
    void eachOutcomeIsFoldedByItsOwnFunction() {
        String already = getSandbox().add("{\"price\": 15000, \"cancelled_in_pg_console\": true}");
        String lost = getSandbox().add(10_000);
        getSandbox().fault("{\"on\": \"cancel\", \"receipt_id\": \"" + lost + "\", \"when\": \"after_money\", \"delivery\": \"reset\"}");
        getSandbox().fault("{\"on\": \"lookup\", \"receipt_id\": \"" + lost + "\", \"times\": 9, \"says\": {\"status\": {\"code\": 500, \"body\": \"html\"}}}");
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            assertEquals("already", name(bootpay.cancel(already)));
            assertEquals("unknown", name(bootpay.cancel(lost)));
        }
    }

    private static String name(CancelOutcome outcome) {
        return outcome.fold(cancelled -> "cancelled", alreadyCancelled -> "already", unknown -> "unknown");
    }

    @Test
    void aRequestReadsFromTopToBottom() {
        String receiptId = getSandbox().add("{\"price\": 10000, \"tax_free\": 2000}");
        Options options = getSandbox().options()
                .cancelTimeout(Duration.ofSeconds(30))
                .nobodyElseCancels(false)
                .build();
        try (BlockingBootpay bootpay = getSandbox().blockingClient(options)) {
            bootpay.cancel(CancelRequest.partial(receiptId, 3_000)
                    .taxFree(500)
                    .cancelId("order-1042/refund-1")
                    .canceller("관리자")
                    .reason("고객 요청"));
            Receipt receipt = bootpay.receipt(receiptId);
            assertEquals(Long.valueOf(7_000), receipt.getTotals().getRemaining());
            assertFalse(receipt.getTotals().isEmpty());
            List<Intent> intents = bootpay.intents(new IntentQuery().receiptId(receiptId).limit(1));
            assertEquals("order-1042/refund-1", intents.get(0).getCancelId());
            assertEquals(IntentState.CANCELLED, intents.get(0).getState());
            assertThrows(UnsupportedOperationException.class, () -> intents.remove(0));
        }
        Movement movement = getSandbox().ledger(receiptId).get(0);
        assertEquals(3_000, movement.getAmount());
        assertEquals(500, movement.getTaxFree());
    }

    @Test
    void errorsAreUncheckedAndHelp() {
        String receiptId = getSandbox().add("{\"price\": 9000, \"refuse_with\": \"kcp_ip\"}");
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            BootpayException.Refused refused =
                    assertThrows(BootpayException.Refused.class, () -> bootpay.cancel(receiptId));
            assertEquals("refused.kcp_ip", refused.getKind());
            assertEquals("8012", refused.getRefusal().getPgCode());
            assertTrue(refused.getMessage().contains(refused.getHint()));
        }
    }

    @Test
    void futuresAreChained() throws Exception {
        String receiptId = getSandbox().add(10_000);
        try (FutureBootpay bootpay = getSandbox().futureClient()) {
            CompletableFuture<Boolean> empty = bootpay.cancel(receiptId)
                    .thenCompose(outcome -> bootpay.receipt(outcome.getReceiptId()))
                    .thenApply(receipt -> receipt.getTotals().isEmpty());
            assertTrue(empty.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aTokenSourceIsALambda() {
        String token;
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            token = bootpay.token().expose();
        }
        try (BlockingBootpay bootpay = BlockingBootpay.withTokenSource(
                refused -> new SuppliedToken(token), "shop-1", getSandbox().options().build())) {
            assertTrue(bootpay.cancel(getSandbox().add(10_000)) instanceof CancelOutcome.Cancelled);
        }
    }

    @Test
    void noNameThatJavaSeesIsMangledAndNoTypeIsGenerated() {
        List<Class<?>> types = Arrays.asList(
                Bank.class, BlockingBootpay.class, Bootpay.class, BootpayException.class, CancelAmount.Full.class,
                CancelAmount.Partial.class, CancelOutcome.class, CancelOutcome.AlreadyCancelled.class,
                CancelOutcome.Cancelled.class, CancelOutcome.Unknown.class, CancelRequest.class,
                CancelRequest.Full.class, CancelRequest.Partial.class, Cancellation.class, FutureBootpay.class,
                Intent.class, IntentQuery.class, IntentRef.class, Log.class, LogRecord.class, Mismatch.class,
                Options.class, Options.Builder.class, Preview.class, Receipt.class, Recovery.class,
                RefundAccount.class, Refusal.class, Secret.class, SuppliedToken.class, Totals.class);
        for (Class<?> type : types) {
            for (Method method : type.getDeclaredMethods()) {
                boolean seen = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
                if (seen) {
                    assertFalse(method.getName().contains("-"), method.toString());
                    assertFalse(method.getName().contains("$"), method.toString());
                    assertFalse(method.toString().contains(".internal."), method.toString());
                }
            }
        }
    }
}
