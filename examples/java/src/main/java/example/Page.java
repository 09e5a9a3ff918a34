package example;

import kr.co.bootpay.cancel.BlockingBootpay;
import kr.co.bootpay.cancel.BootpayException;
import kr.co.bootpay.cancel.CancelOutcome;
import kr.co.bootpay.cancel.CancelRequest;
import kr.co.bootpay.cancel.Options;

/**
 * The page's example ("결제 취소하기") in Java.
 *
 * <p>{@code BOOTPAY_APPLICATION_ID=… BOOTPAY_PRIVATE_KEY=… java example.Page RECEIPT_ID}; with {@code BOOTPAY_BASE_URL} it
 * talks to a sandbox.
 */
public final class Page {
    private final BlockingBootpay bootpay;

    private Page(BlockingBootpay bootpay) {
        this.bootpay = bootpay;
    }

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("Page RECEIPT_ID");
            System.exit(2);
        }
        Options.Builder options = Options.builder();
        if (System.getenv("BOOTPAY_BASE_URL") != null) {
            options.baseUrl(System.getenv("BOOTPAY_BASE_URL"));
        }
        if (System.getenv("BOOTPAY_JOURNAL") != null) {
            options.journal(System.getenv("BOOTPAY_JOURNAL"));
        }
        try (BlockingBootpay bootpay = new BlockingBootpay(
                named("BOOTPAY_APPLICATION_ID"), named("BOOTPAY_PRIVATE_KEY"), options.build())) {
            // What a crash left behind is found on the next start.
            bootpay.recover();
            new Page(bootpay).receiptCancel(arguments[0]);
        }
    }

    private static String named(String name) {
        String value = System.getenv(name);
        if (value == null) {
            System.err.println("Set " + name + ".");
            System.exit(2);
        }
        return value;
    }

    private void receiptCancel(String receiptId) {
        CancelRequest cancel = CancelRequest.full(receiptId)
                .canceller("관리자")
                .reason("테스트 결제");
        //      CancelRequest.partial(receiptId, 1_000) // 부분취소 요청시
        //      .cancelId("12342134") // 부분취소 요청시, 중복 부분취소 요청하는 실수를 방지하고자 할때 지정
        //      .refundAccount(new RefundAccount("국민은행", "675601012341234", "홍길동")) // 가상계좌 환불 요청시

        try {
            CancelOutcome outcome = bootpay.cancel(cancel);
            outcome.handle(
                    cancelled -> System.out.println("취소되었습니다: "
                            + cancelled.getCancellation().getCancelledPrice() + "원, 남은 금액 "
                            + cancelled.getCancellation().getRemainPrice() + "원"),
                    alreadyCancelled -> System.out.println("이미 취소된 결제입니다: " + alreadyCancelled.getServerMessage()),
                    unknown -> System.out.println("아직 알 수 없습니다. 다시 요청하지 말고 나중에 reconcile: "
                            + unknown.getCancelId()));
        } catch (BootpayException e) {
            // This call moved no money. The text says what to do.
            System.out.println(e.getMessage());
        }
    }
}
