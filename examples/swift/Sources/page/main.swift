import BootpayCancel
import Foundation

// 결제 취소하기: the page's example.
//
//   page RECEIPT_ID            in full
//   page RECEIPT_ID 1000       1,000 won of it
//   page RECEIPT_ID account    a payment into a virtual account

let arguments = CommandLine.arguments.dropFirst()
let environment = ProcessInfo.processInfo.environment
let receiptID = arguments.first ?? "612df0250d681b001de61de6"
let extent = arguments.dropFirst().first

var options = Bootpay.Options()
if let baseURL = environment["BOOTPAY_BASE_URL"] { options.environment = .custom(baseURL: baseURL) }
if let journal = environment["BOOTPAY_JOURNAL"] { options.journal = .sqlite(path: journal) }

do {
    let bootpay = try Bootpay(
        applicationID: environment["BOOTPAY_APPLICATION_ID"] ?? "5b8f6a4d396fa665fdc2b5ea",
        privateKey: environment["BOOTPAY_PRIVATE_KEY"] ?? "rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw=",
        options: options)

    let request: CancelRequest =
        switch extent {
        case nil:
            .full(receiptID, canceller: "관리자", reason: "테스트 결제")
        case "account":
            // 가상계좌 환불 요청시, 단 CMS 특약이 되어있어야만 환불요청이 가능하다.
            .full(
                receiptID, canceller: "관리자", reason: "테스트 결제",
                refundAccount: try RefundAccount(bank: "국민은행", account: "675601012341234", holder: "홍길동"))
        case let price?:
            // 부분취소: 중복 요청하는 실수를 방지하고자 cancelID를 지정한다.
            .partial(
                receiptID, price: Int(price) ?? 0, cancelID: "12342134", canceller: "관리자", reason: "테스트 결제")
        }

    switch try await bootpay.cancel(request) {
    case .cancelled(let cancelled):
        let figures = cancelled.cancellation
        print("취소되었습니다: 총 \(figures.cancelledPrice ?? 0)원, 남은 금액 \(figures.remainPrice ?? 0)원")
        if cancelled.moneyIsBack == .acceptedForTransfer { print("은행이 환불 계좌로 송금할 예정입니다") }
    case .alreadyCancelled(let already):
        print("이미 취소된 결제입니다: \(already.serverMessage ?? "")")
    case .unknown(let unknown):
        print("아직 알 수 없습니다. 나중에 reconcile(\"\(unknown.cancelID)\")로 확인합니다")
        exit(2)
    }
} catch let error as BootpayError {
    // This call moved no money.
    print("취소되지 않았습니다: \(error.localizedDescription)")
    exit(1)
}
