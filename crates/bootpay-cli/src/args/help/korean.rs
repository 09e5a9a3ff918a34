//! The help in Korean.

use clap::Command;

const ABOUT: &str = "부트페이 결제를 취소합니다. 두 번 환불하지 않고, 잃어버리지 않고, 사실과 다르게 알리지 않습니다.";

const COMMANDS: [(&str, &str); 9] = [
    ("cancel", "결제를 취소합니다. --price가 없으면 남은 금액 전부, 있으면 그만큼만"),
    ("receipt", "영수증을 조회합니다"),
    ("token", "액세스 토큰을 받아 키를 확인합니다. 토큰은 --show일 때만 출력합니다"),
    ("banks", "가상계좌 환불에 쓸 수 있는 은행 목록"),
    ("intents", "저널에 기록된 취소와 그 상태"),
    ("reconcile", "결과를 모르는 취소를 근거가 있는 만큼 확인합니다"),
    ("resolve", "끝내 알 수 없는 취소에 대한 담당자의 결정을 기록합니다"),
    ("sandbox", "시험용 영수증이 있는 가짜 부트페이를 이 컴퓨터에서 실행합니다 (Ctrl-C로 종료)"),
    ("completions", "셸 자동 완성 스크립트를 출력합니다"),
];

const SHARED: [(&str, &str); 13] = [
    ("json", "표준 출력에 JSON 객체 하나만 출력"),
    ("lang", "출력 언어. 없으면 로캘을 따릅니다"),
    ("log", "라이브러리 로그를 표준 오류로: off, error, warn, info, debug, trace"),
    ("application_id", "애플리케이션 ID [env: BOOTPAY_APPLICATION_ID]"),
    ("client_key", "v2 Basic 방식의 client key [env: BOOTPAY_CLIENT_KEY]"),
    ("base_url", "운영이 아닌 다른 부트페이(샌드박스 등)의 주소 [env: BOOTPAY_BASE_URL]"),
    ("api", "부트페이 API 버전. client key만 있으면 v2, 아니면 v1 [env: BOOTPAY_API]"),
    (
        "journal",
        "저널: 파일 경로, postgresql:// URL(비밀번호가 있으면 환경 변수로), 또는 기억하지 않는 memory [env: BOOTPAY_JOURNAL]",
    ),
    ("timeout", "응답을 기다리는 시간(초). 취소는 기본 60초. 짧을수록 결과를 모르는 취소가 늘어납니다"),
    ("ca_bundle", "추가로 신뢰할 인증서 (PEM)"),
    ("proxy", "비밀번호 없는 프록시 주소 또는 none. 비밀번호가 있으면 [env: BOOTPAY_PROXY]"),
    ("nobody_else_cancels", "선언: 이 가맹점의 결제를 다른 곳(관리자 화면 등)에서 취소하지 않습니다"),
    (
        "server_honours_cancel_id",
        "선언: 서버가 이 시간(초) 동안 cancel_id 중복을 막아 줍니다. 모르는 취소를 최대 두 번 다시 보냅니다. \
         취소·연결·토큰 타임아웃의 합보다 길어야 합니다",
    ),
];

const CANCEL: [(&str, &str); 13] = [
    ("receipt_id", "부트페이가 발급한 영수증 ID"),
    ("price", "취소할 금액(원). 없으면 남은 금액 전부"),
    ("tax_free", "--price 가운데 면세 금액"),
    ("expect_remaining", "전액취소일 때: 남은 금액이 정확히 이만큼이 아니면 보내지 않습니다"),
    ("cancel_id", "가맹점이 정하는 이 환불의 키. 같은 키는 몇 번을 요청해도 같은 환불입니다"),
    ("name", "취소자 이름"),
    ("reason", "취소 사유"),
    ("refund_bank", "가상계좌 환불: 은행 코드나 이름 (bootpay banks 참고)"),
    ("refund_account", "계좌번호. `-`는 표준 입력에서 읽고 BOOTPAY_REFUND_ACCOUNT도 됩니다. 둘은 ps에 보이지 않습니다"),
    ("refund_holder", "예금주"),
    ("dry_run", "검증하고 조회해서 무엇을 보낼지 알려 주고, 보내지는 않습니다"),
    ("no_lookup", "부분취소 전에 조회하지 않습니다. 빠르지만 결과를 모르는 취소가 늘어납니다"),
    ("yes", "터미널에서 전액취소 전에 묻지 않습니다"),
];

const OTHERS: [(&str, &str, &str); 11] = [
    ("receipt", "receipt_id", "부트페이가 발급한 영수증 ID"),
    ("token", "show", "토큰을 출력합니다"),
    ("intents", "open", "아직 끝나지 않은 것만: 진행 중, 결과 모름, 보류"),
    ("intents", "receipt", "이 영수증의 것만"),
    ("intents", "limit", "최근 것부터 이만큼만"),
    ("reconcile", "cancel_id", "확인할 취소의 cancel_id"),
    ("reconcile", "all", "이전 실행이 남긴 모든 취소"),
    ("resolve", "cancel_id", "결정할 취소의 cancel_id"),
    ("resolve", "decision", "돈이 움직였는지: cancelled 또는 not-cancelled"),
    ("resolve", "actor", "결정하는 사람"),
    ("completions", "shell", "셸 이름"),
];

/// The same command with its texts in Korean.
pub(super) fn translated(command: Command) -> Command {
    let mut command = command.about(ABOUT).after_help(SHORT).after_long_help(LONG);
    for (id, text) in SHARED {
        command = command.mut_arg(id, |arg| arg.help(text));
    }
    for (name, text) in COMMANDS {
        command = command.mut_subcommand(name, |command| command.about(text));
    }
    for (id, text) in CANCEL {
        command = command.mut_subcommand("cancel", |command| command.mut_arg(id, |arg| arg.help(text)));
    }
    for (name, id, text) in OTHERS {
        command = command.mut_subcommand(name, |command| command.mut_arg(id, |arg| arg.help(text)));
    }
    command.mut_subcommand("cancel", |command| command.after_help(CANCEL_NOTES))
}

const SHORT: &str = "\
종료 상태:
  0 취소됨(또는 완료) · 1 오류, 움직인 돈 없음 · 2 잘못된 사용이나 입력 · 3 결과 모름
  4 이미 취소됨
예제와 환경 변수는 `bootpay --help`에 있습니다.";

const LONG: &str = "\
예제:
  bootpay cancel RECEIPT                   남은 금액 전부. 터미널에서는 먼저 묻습니다
  bootpay cancel RECEIPT --price 3000 --cancel-id order-1042/refund-1
  bootpay cancel RECEIPT --price 3000 --dry-run
  bootpay receipt RECEIPT
  bootpay intents --open                   아직 끝나지 않은 취소
  bootpay reconcile --all                  남은 취소를 확인. 서비스를 시작할 때 실행하세요
  bootpay sandbox --port 9100              돈 없이 시험해 볼 가짜 부트페이

환경 변수 (옵션이 우선하며, 값이 빈 변수는 오류입니다):
  BOOTPAY_APPLICATION_ID  애플리케이션 ID
  BOOTPAY_PRIVATE_KEY     private key. ps에 보이므로 옵션으로는 받지 않습니다
  BOOTPAY_CLIENT_KEY      위 둘 대신 쓰는 v2 Basic 방식의 client key
  BOOTPAY_SECRET_KEY      그 secret key. 역시 옵션으로는 받지 않습니다
  BOOTPAY_BASE_URL        https://api.bootpay.co.kr이 아닌 다른 부트페이
  BOOTPAY_API             v1 또는 v2. client key만 있으면 v2, 아니면 v1
  BOOTPAY_JOURNAL         저널: 파일 경로, 여러 호스트가 함께 쓰는 데이터베이스
                          (postgresql://사용자:비밀번호@호스트:5432/데이터베이스),
                          또는 기억하지 않는 memory.
                          없으면 사용자 데이터 디렉터리의 파일
  BOOTPAY_PROXY           프록시(비밀번호 포함 가능) 또는 none.
                          없으면 HTTPS_PROXY와 NO_PROXY를 따릅니다
  BOOTPAY_REFUND_ACCOUNT  --refund-bank, --refund-holder와 함께 쓰는 계좌번호
  LC_ALL, LC_MESSAGES, LANG
                          처음으로 값이 있는 것이 언어를 정합니다
  NO_COLOR                색을 쓰지 않습니다

종료 상태:
  0  취소됨. 다른 명령은 완료
  1  오류: 이 명령으로 움직인 돈은 없습니다
  2  잘못된 사용이나 입력: 보낸 것이 없습니다
  3  결과 모름: 환불되었을 수도 아닐 수도 있습니다. `bootpay reconcile`로 확인하세요.
     같은 환불을 다른 cancel_id로 다시 요청하지 마세요
  4  이미 취소된 결제
그 밖의 상태(비정상 종료)는 아무것도 증명하지 않으니 3으로 여기세요.

--json이면 잘못된 사용까지 포함해 표준 출력에 객체 하나만 나옵니다:
  {\"outcome\": \"cancelled\" | \"already_cancelled\" | \"unknown\",
   \"receipt_id\", \"cancel_id\", …}
  {\"error\": {\"kind\", \"detail\", \"hint\", \"code\", …, \"money_moved\": false}}
결과를 모르는 취소를 조회하지 못한 경우처럼 오류가 말해 주지 않으면 `money_moved`는 null입니다.

저널이 이중 환불을 막습니다. 같은 결제를 취소하는 모두가 없어지지 않는 로컬 디스크의 파일이나 PostgreSQL 데이터베이스 하나를 저널로 함께 써야 하며, 지우면 \
안 됩니다.";

const CANCEL_NOTES: &str = "\
--price가 없으면 남은 금액을 모두 취소합니다. 터미널에서는 먼저 묻고, 동의한 금액만 보냅니다. --price 0은 거절됩니다. 금액을 \
적은 취소가 전액취소가 되는 일은 없습니다.

--cancel-id를 정해 두면 '같은 환불을 다시'와 '같은 금액을 한 번 더'가 구분됩니다. 없으면 같은 영수증의 같은 금액은 두 번째부터 \
거절됩니다.

첫 Ctrl-C는 보내는 중일 수 있는 환불을 멈추지 않습니다. 두 번째는 결과를 기다리지 않고 끝냅니다.

예제:
  bootpay cancel RECEIPT --yes --expect-remaining 10000
  bootpay cancel RECEIPT --price 3000 --tax-free 1500 --cancel-id order-1042/refund-1
  bootpay cancel RECEIPT --refund-bank 국민은행 --refund-holder 홍길동 \\
                 --refund-account - < account.txt

종료 상태:
  0 취소됨 · 1 오류, 움직인 돈 없음 · 2 잘못된 사용이나 입력 · 3 결과 모름
  4 이미 취소됨";
