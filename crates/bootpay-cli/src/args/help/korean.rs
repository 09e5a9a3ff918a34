//! The help in Korean.

use clap::Command;

const ABOUT: &str = "부트페이 결제를 취소합니다. 두 번 환불하지 않고, 잃어버리지 않고, 사실과 다르게 알리지 않습니다.";

const COMMANDS: [(&str, &str); 10] = [
    ("cancel", "결제를 취소합니다. --price가 없으면 남은 금액 전부, 있으면 그만큼만"),
    ("bulk", "파일로 대량 취소: 계획, 실행, 현황, 결과"),
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

const BULK_COMMANDS: [(&str, &str); 4] = [
    ("plan", "파일을 검사하고 무엇을 할지 알려 줍니다. 아무것도 보내지 않습니다"),
    ("run", "계획을 실행하거나, 중단된 곳부터 이어서 실행합니다"),
    ("status", "저널을 보고 행별 현황을 알려 줍니다. 아무것도 보내지 않습니다"),
    ("export", "모든 행의 결과를 엑셀에서 열 수 있는 CSV로 저장합니다"),
];

const BULK_FLAGS: [(&str, &str, &str); 15] = [
    ("plan", "file", "CSV 또는 JSON Lines 파일"),
    ("plan", "look_up", "모든 영수증을 조회해 원장과 비교합니다"),
    ("plan", "rate", "초당 조회 건수"),
    ("run", "file", "CSV 또는 JSON Lines 파일"),
    ("run", "plan", "bulk plan이 보여 준 계획의 해시. 터미널에서는 대신 묻습니다"),
    ("run", "cap", "이 파일로 취소할 수 있는 최대 금액(원). 전액취소 행은 먼저 조회합니다"),
    ("run", "retry_refused", "이 파일에서 거절된 행을 다시 시도합니다"),
    ("run", "rate", "처음에 초당 시작하는 행 수"),
    ("run", "rate_min", "초당 최소 행 수"),
    ("run", "rate_max", "초당 최대 행 수"),
    ("run", "in_flight", "동시에 진행하는 최대 행 수"),
    ("run", "max_unknown", "최근 응답 200건 가운데 결과를 모르는 비율(%)이 이보다 높으면 멈춥니다"),
    ("run", "max_unknown_rows", "그리고 적어도 이만큼일 때"),
    ("status", "file", "CSV 또는 JSON Lines 파일"),
    ("export", "file", "CSV 또는 JSON Lines 파일"),
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
    command = command.mut_subcommand("bulk", |mut bulk| {
        for (name, text) in BULK_COMMANDS {
            bulk = bulk.mut_subcommand(name, |command| command.about(text));
        }
        for (name, id, text) in BULK_FLAGS {
            bulk = bulk.mut_subcommand(name, |command| command.mut_arg(id, |arg| arg.help(text)));
        }
        bulk = bulk.mut_subcommand("export", |command| {
            command
                .mut_arg("output", |arg| arg.help("저장할 파일. 없으면 표준 출력. 이미 있는 파일은 덮어쓰지 않습니다"))
        });
        bulk.after_help(BULK_NOTES).mut_subcommand("run", |run| run.after_help(BULK_RUN_NOTES))
    });
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
  bootpay bulk plan refunds.csv            파일로 대량 취소. `bootpay bulk --help` 참고
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
  5  대량 취소가 멈췄고 남은 행이 있음: 다시 실행하세요
  6  대량 취소가 끝났고 거절된 행이 있음
그 밖의 상태(비정상 종료)는 아무것도 증명하지 않으니 3으로 여기세요.

--json이면 잘못된 사용까지 포함해 표준 출력에 객체 하나만 나옵니다:
  {\"outcome\": \"cancelled\" | \"already_cancelled\" | \"unknown\",
   \"receipt_id\", \"cancel_id\", …}
  {\"error\": {\"kind\", \"detail\", \"hint\", \"code\", …, \"money_moved\": false}}
결과를 모르는 취소를 조회하지 못한 경우처럼 오류가 말해 주지 않으면 `money_moved`는 null입니다.

저널이 이중 환불을 막습니다. 같은 결제를 취소하는 모두가 없어지지 않는 로컬 디스크의 파일이나 PostgreSQL 데이터베이스 하나를 저널로 함께 써야 하며, 지우면 \
안 됩니다.";

const BULK_NOTES: &str = "\
한 줄에 취소 하나를 적은 CSV(UTF-8 또는 한글 엑셀의 CP949)나 JSON Lines 파일을 씁니다. 열 이름은 한국어나 영어로:
  영수증      receipt_id
  금액        amount. 원 단위 금액 또는 '전액'. 비워 두면 오류입니다
  취소 ID     cancel_id. 부분취소에는 꼭 필요합니다. 다시 실행해도 같아야 하는 환불의 키입니다
  구분        kind. 선택: 전액(full) 또는 부분(partial)
  면세, 예상 잔액, 취소자, 사유
              tax_free, expected_remaining, canceller, reason
  은행, 계좌번호, 예금주
              bank, account, holder. 가상계좌 환불

먼저 모든 행을 검사하고, 한 행이라도 잘못되면 아무것도 보내지 않습니다. Ctrl-C, 비정상 종료, 정전 뒤에도 저널만 있으면 같은 \
명령으로 이어집니다. 저널 하나를 함께 쓰면 여러 서버에서 같은 파일을 동시에 실행할 수 있습니다.

예제:
  bootpay bulk plan refunds.csv --look-up
  bootpay bulk run refunds.csv --plan 0123456789abcdef0123456789abcdef --cap 50000000
  bootpay bulk status refunds.csv
  bootpay bulk export refunds.csv -o result.csv

종료 상태:
  0 모든 행이 취소됨(또는 이미 취소됨) · 1 오류, 이 명령으로 움직인 돈 없음 · 2 잘못된 사용이나 파일
  3 결과를 모르는 행이 있음 · 5 멈췄거나 남은 행이 있음: 다시 실행 · 6 끝났고 거절된 행이 있음";

const BULK_RUN_NOTES: &str = "\
초당 5건으로 시작해 응답이 오는 동안 1초마다 1건씩 늘리고, 429나 타임아웃, 결과를 모르는 취소가 생기면 절반으로 줄입니다. 같은 \
영수증은 파일의 순서대로, 부분취소는 11초 간격으로 보냅니다.

다음 경우에는 보내는 중인 것을 마치고 스스로 멈춥니다: 결과를 모르는 응답이 너무 많을 때, --cap을 넘을 수 있을 때, 가맹점 전체에 \
해당하는 거절(키, 정산 예정 금액, 한도)을 받았을 때. 여러 서버에서 실행하면 각자 저널에 보이는 금액만 세므로 --cap을 나누어 주세요.

Ctrl-C는 보내는 중인 것을 마치고 멈추고, 두 번째는 바로 끝냅니다. 어느 쪽도 환불을 잃거나 두 번 하지 않습니다.

--json이면 진행 상황은 표준 오류에 한 줄에 객체 하나씩, 결과는 표준 출력에 객체 하나로 나옵니다.

종료 상태:
  0 모든 행이 취소됨(또는 이미 취소됨) · 1 오류, 이 명령으로 움직인 돈 없음 · 2 잘못된 사용이나 파일
  3 결과를 모르는 행이 있음 · 5 멈췄거나 남은 행이 있음: 다시 실행 · 6 끝났고 거절된 행이 있음";

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
