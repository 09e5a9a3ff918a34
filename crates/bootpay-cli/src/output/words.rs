//! Every word for people, in Korean and English.

mod kinds;

use bootpay_core::Language;

pub(crate) use kinds::{cause, conflict, evidence, problem, state, status};

/// One text in both languages: Korean, English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text(&'static str, &'static str);

impl Text {
    pub(crate) fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Korean => self.0,
            Language::English => self.1,
        }
    }
}

macro_rules! words {
    ($($name:ident: $korean:literal, $english:literal;)*) => {
        $(pub(crate) const $name: Text = Text($korean, $english);)*
    };
}

// How a cancel ended.
words! {
    CANCELLED: "취소되었습니다", "Cancelled";
    ACCEPTED_FOR_TRANSFER: "환불 계좌 이체가 접수되었습니다", "Accepted for transfer to the refund account";
    NOT_PAID_OUT_YET: "아직 입금된 것은 아니며, 계좌가 맞는지는 확인되지 않았습니다.",
        "The bank has not paid yet, and nobody has verified the account.";
    CANCELLED_WITH_MISMATCHES: "취소되었지만 응답의 금액이 요청과 다릅니다", "Cancelled, but the answer's figures are not what was asked";
    HELD: "담당자가 확인할 때까지 이 영수증의 다른 취소는 보류됩니다. 금액을 확인한 뒤:",
        "This receipt is held until a person has looked at it. Check the figures, and then:";
    ALREADY_CANCELLED: "이미 취소된 건입니다", "Already cancelled";
    ALREADY_UNCONFIRMED: "PG사는 이미 취소된 건이라고 하지만, 부트페이 원장에는 남은 금액이 있습니다",
        "Already cancelled, says the PG; Bootpay's ledger still has money on it";
    NOTHING_MOVED_NOW: "이번 호출로 움직인 돈은 없습니다.", "This call moved no money.";
    LOOK_INTO_PG_CONSOLE: "PG사 관리자 화면에서 실제로 얼마가 취소되었는지 확인하세요.",
        "Look into the PG's console for how much was really cancelled.";
    UNKNOWN: "결과를 알 수 없습니다: 환불되었을 수도, 안 되었을 수도 있습니다",
        "Unknown: the money may or may not have moved";
    DO_NOT_ASK_AGAIN: "다른 cancel_id로 다시 취소하지 마세요. 아래 명령으로 결과를 확인합니다:",
        "Do not ask for this refund again under another cancel_id. Settle it with:";
    IF_THAT_IS_NOT_ENOUGH: "그래도 알 수 없으면 부트페이와 PG사 관리자 화면을 확인한 뒤 결정을 기록하세요 (cancelled 또는 not-cancelled):",
        "If that is not enough, look into Bootpay's and the PG's consoles, and record what you saw (cancelled or not-cancelled):";
    JOURNAL_FORGETS: "저널이 memory라서 이 취소는 기억되지 않습니다. 아래 명령과 PG사 관리자 화면에서 직접 확인하세요.",
        "The journal is `memory`, so this cancel is forgotten. Look for yourself, here and in the PG's console.";
    NOT_RECORDED: "주의: 이 결과는 저널에 기록되지 못했습니다. 따로 보관하세요.",
        "WARNING: this outcome could not be recorded in the journal. Keep it.";
    REPEATED: "저널에 이미 있던 결과입니다. 새로 보낸 것은 없습니다.", "The journal had this outcome already: nothing was sent.";
}

// Labels.
words! {
    RECEIPT: "영수증", "Receipt";
    AMOUNT: "금액", "Amount";
    ALL_THAT_REMAINS: "남은 금액 전부", "all that remains";
    OF_IT_TAX_FREE: "이 중 면세", "of it tax-free";
    THIS_CANCEL: "이번 취소", "This cancel";
    CANCELLED_IN_ALL: "누적 취소", "Cancelled in all";
    REMAINS: "남은 금액", "Remains";
    TAX_FREE: "면세", "Tax-free";
    TAX_FREE_CANCELLED: "면세 취소", "Tax-free cancelled";
    CANCELLED_AT: "취소 시각", "Cancelled at";
    PG_TRANSACTION: "PG 거래번호", "PG transaction";
    KNOWN_BY: "근거", "Known by";
    EXPECTED: "예상", "expected";
    ANSWERED_WITH: "응답", "answered with";
    LEDGER: "부트페이 원장", "Ledger";
    EARLIER: "앞선 취소 (결과 미확인)", "Earlier, unknown";
    LEDGER_BEFORE: "요청 전 원장", "Ledger before";
    LEDGER_AFTER: "요청 후 원장", "Ledger after";
    BOOTPAYS_WORDS: "부트페이 응답", "Bootpay says";
    BECAUSE: "이유", "Because";
    PAID: "결제 금액", "Paid";
    STATUS: "상태", "Status";
    NO_FIGURES: "금액 정보 없음", "no figures";
    ORDER: "주문", "Order";
    ORDER_ID: "주문번호", "Order id";
    PG: "PG", "PG";
    METHOD: "결제수단", "Method";
    PAID_AT: "결제 시각", "Paid at";
    KIND: "종류", "Kind";
    CODE: "코드", "Code";
    PG_CODE: "PG 코드", "PG code";
    STATE: "상태", "State";
    TRY_AGAIN_IN: "다시 시도", "Try again in";
    ASKED_AT: "요청 시각", "Asked at";
    REMARK: "비고", "Remark";
    JOURNAL: "저널", "Journal";
    DECIDED_BY: "결정한 사람", "decided by";
    HELD_SHORT: "보류: 금액 불일치", "held: figures do not add up";
    BANK: "은행", "Bank";
    ENGLISH_NAME: "영문 이름", "English name";
}

// Errors of the command itself.
words! {
    ERROR: "오류:", "error:";
    NO_MONEY_MOVED: "이 명령으로 움직인 돈은 없습니다.", "This command moved no money.";
    SAYS_NOTHING_OF_THE_MONEY: "이 오류는 이전 취소의 결과를 말해 주지 않습니다.",
        "This error says nothing about how the earlier cancel ended.";
    REFUSED: "거절되었습니다", "refused";
    NOT_SENT: "전송되지 않았습니다", "nothing was sent";
    NO_TOKEN: "액세스 토큰을 얻지 못했습니다", "no access token";
    LOOKUP_FAILED: "조회에 실패했습니다", "the lookup failed";
    JOURNAL_FAILED: "저널 오류", "the journal failed";
    DECLINED: "취소하지 않기로 했습니다", "you said no";
    MISSING: "값이 없습니다", "is missing";
    EMPTY: "값이 비어 있습니다", "is empty";
    NOT_KNOWN: "알 수 없는 값입니다", "is not known";
    NOT_TEXT: "글자로 읽을 수 없습니다", "is not text";
    SET_THE_KEYS: "BOOTPAY_APPLICATION_ID와 BOOTPAY_PRIVATE_KEY를 설정하세요 (v2의 Basic 방식은 BOOTPAY_CLIENT_KEY와 BOOTPAY_SECRET_KEY)",
        "set BOOTPAY_APPLICATION_ID and BOOTPAY_PRIVATE_KEY (for v2's Basic form, BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY)";
    TWO_PAIRS: "키가 두 벌입니다", "are two pairs of keys";
    KEEP_ONE_PAIR: "application id와 client key 중 하나만 설정하세요", "set either the application id's or the client key's, not both";
    V1_OR_V2: "v1 또는 v2", "v1 or v2";
    JOURNAL_BY_ENVIRONMENT: "명령줄은 ps에 보입니다. BOOTPAY_JOURNAL 환경 변수를 쓰세요", "a command line shows in `ps`; use BOOTPAY_JOURNAL";
    JOURNAL_EXPECTED: "파일 경로, postgresql:// URL 또는 memory", "a file's path, a postgresql:// URL, or memory";
    UNSET_OR_FILL: "환경 변수를 지우거나 값을 넣으세요", "unset the environment variable, or give it a value";
    PASSWORD_ON_COMMAND_LINE: "명령줄에는 사용자 이름이나 비밀번호를 적을 수 없습니다", "has a user or password in it";
    PROXY_BY_ENVIRONMENT: "명령줄은 ps에 보입니다. BOOTPAY_PROXY 환경 변수를 쓰세요", "a command line shows in `ps`; use BOOTPAY_PROXY";
    REFUND_FLAGS: "환불 계좌에는 --refund-bank, --refund-account(또는 BOOTPAY_REFUND_ACCOUNT), --refund-holder가 모두 필요합니다",
        "a refund account needs --refund-bank, --refund-account (or BOOTPAY_REFUND_ACCOUNT) and --refund-holder";
    SECRET_FLAG: "비밀 값은 명령줄에 쓸 수 없습니다. ps에 보입니다. 방금 실제 값을 적었다면 새로 발급받으세요",
        "no flag takes a secret: it would show in `ps`. If what you typed was real, replace it";
    SECRET_BY_ENVIRONMENT: "대신 쓸 환경 변수:", "set the environment variable instead:";
    NO_TOKEN_NEEDED: "토큰은 키로 스스로 발급받습니다", "tokens are fetched with the keys";
    NO_CA_BUNDLE: "인증서 파일을 읽을 수 없습니다", "the CA bundle cannot be read";
    NO_STDIN: "표준 입력을 읽을 수 없습니다", "standard input cannot be read";
    NO_SIGNALS: "신호를 받을 수 없습니다", "signals cannot be listened to";
    NO_RUNTIME: "실행을 시작할 수 없습니다", "the runtime cannot start";
    NO_SANDBOX: "샌드박스를 시작할 수 없습니다", "the sandbox cannot start";
}

// Asking, waiting, listing.
words! {
    NOT_LOOKED_UP: "지금은 영수증을 조회할 수 없습니다.", "The receipt could not be looked up just now.";
    NOTHING_SENT: "모의 실행: 취소 요청을 보내지 않았습니다. 보냈다면:", "Dry run: no cancel was sent. This would be:";
    OPEN_INTENTS: "이 영수증에 아직 끝나지 않은 취소가 있습니다:", "Earlier cancels of this receipt are still open:";
    NO_OBJECTION: "원장에는 이 취소를 막는 것이 없습니다.", "Nothing in the ledger stands against it.";
    OBJECTION: "이 취소는 거절됩니다:", "It would be refused:";
    NO_INTENTS: "해당하는 취소 기록이 없습니다", "No such intents";
    DECISION_RECORDED: "결정이 기록되었습니다", "The decision is recorded";
    GOES_ON: "취소는 계속 진행됩니다. 환불 요청은 도중에 되돌릴 수 없습니다.",
        "The cancel goes on: a refund that may be on its way cannot be called back.";
    ONCE_MORE: "Ctrl-C를 한 번 더 누르면 결과를 기다리지 않고 끝납니다(상태 3).",
        "Ctrl-C once more leaves without its outcome (exit status 3).";
    ABANDONED: "결과를 모른 채 끝냅니다. 나중에 이 명령으로 확인하세요:", "Left without an outcome. Settle it later with:";
    KEYS_WORK: "키가 올바릅니다. 토큰을 받았습니다(보려면 --show).", "The keys work: a token was granted (--show prints it).";
    SETTLED: "결과가 확인된 취소", "Settled now";
    MOVED_NOTHING: "돈이 움직이지 않은 것으로 끝난 취소", "Closed: moved no money, may be asked for again";
    IN_FLIGHT: "다른 프로세스가 진행 중인 취소", "Being carried out by another process";
    HELD_FOR_A_PERSON: "담당자의 확인을 기다리는 취소", "Held for a person";
    NOT_CHECKED: "확인하지 못했습니다", "Could not be checked";
    OF_OTHER_MERCHANTS: "같은 저널에 있는 다른 키의 취소:", "Open intents of other keys in this journal:";
    NOTHING_OPEN: "확인할 취소가 없습니다.", "Nothing is open.";
}

// Cancels by the file.
words! {
    NO_BULK_FILE: "파일을 읽을 수 없습니다", "the file cannot be read";
    NO_OUTPUT: "결과를 쓸 수 없습니다", "the result cannot be written";
    LOOK_AT_THE_PLAN: "먼저 `bootpay bulk plan`으로 계획을 확인하고 그 값을 --plan으로 넘겨 주세요",
        "look at `bootpay bulk plan` first, and hand over what it printed with --plan";
    BULK_FORGETS: "memory일 수 없습니다", "is `memory`";
    BULK_NEEDS_A_JOURNAL: "중단된 대량 취소를 이어서 실행하려면 기록이 남는 저널이 필요합니다",
        "a bulk that is interrupted is taken up from the journal: name one that is kept";
    OUTPUT_FILE_EXPECTED: "--json과 함께 쓸 때는 --output으로 파일을 정해 주세요", "with --json, name the file with --output";
    WRONG_FILE: "파일에 고칠 곳이 있습니다", "the file is wrong";
    MORE_PROBLEMS: "더 있는 문제", "more problems";
    NOTHING_OF_IT_SENT: "이 파일에서 보낸 취소는 없습니다.", "Nothing of this file was sent by this command.";
    LINE: "줄", "line";
    PLAN: "계획", "Plan";
    BOOTPAY_AT: "부트페이", "Bootpay";
    ENCODING: "파일 형식", "Encoding";
    ROWS: "행", "Rows";
    RECEIPTS: "영수증 수", "Receipts";
    FULL_ROWS: "전액취소", "Full";
    PARTIAL_ROWS: "부분취소", "Partial";
    SEVERAL: "여러 행인 영수증", "With several rows";
    FULL_AFTER_PARTIAL: "부분취소 뒤 전액취소", "Full after partial";
    TO_ACCOUNT: "환불 계좌로", "To an account";
    IGNORED_COLUMNS: "읽지 않는 열", "Columns not read";
    AT_LEAST_SO_LONG: "최소 소요 시간", "Takes at least";
    AMOUNT_NOT_KNOWN: "금액 미정", "of unknown amount";
    LOOKED_UP: "조회한 영수증", "Looked up";
    WOULD_MOVE: "취소될 금액", "Would move";
    FINDINGS: "확인이 필요한 행", "Rows to look at";
    MORE_FINDINGS: "더 있는 행", "more";
    NO_FINDINGS: "원장에는 이 파일의 취소를 막는 것이 없습니다.", "Nothing in the ledgers stands against it.";
    RUN_IT: "실행:", "Run it with:";
    BULK_CANCELLED: "취소됨", "Cancelled";
    BULK_ALREADY: "이미 취소됨", "Already cancelled";
    BULK_REFUSED: "거절됨", "Refused";
    BULK_UNKNOWN: "결과 모름", "Unknown";
    BULK_REMAINING: "남음", "Remaining";
    BULK_PLANNED: "전체", "Planned";
    BULK_DONE: "모두 끝났습니다", "All done";
    BULK_DONE_PARTLY: "할 수 있는 것은 끝났습니다", "Done as far as it goes";
    BULK_STOPPED: "멈췄습니다", "Stopped";
    BULK_HELD: "금액이 맞지 않아 보류된 행", "held: figures do not add up";
    BULK_IN_FLIGHT: "진행 중인 행", "in flight";
    BULK_LEFT: "시도했지만 남은 행", "Tried, and remaining";
    BULK_UNRECORDED: "주의: 저널에 기록하지 못한 취소가 있습니다. 따로 보관하세요:",
        "WARNING: these cancels were answered and could not be recorded. Keep them:";
    GO_ON_WITH: "이어서 실행:", "Go on with:";
    TRY_REFUSED_AGAIN: "원인을 고친 뒤 거절된 행을 다시 시도:", "Once what was wrong is mended, try the refused rows again with:";
    SEE_THE_ROWS: "행별 결과:", "Row by row:";
    SETTLE_THE_UNKNOWN: "모르는 취소의 확인:", "Settle what is unknown with:";
    STOPPING: "보내는 중인 취소를 마치고 멈춥니다. Ctrl-C를 한 번 더 누르면 기다리지 않고 끝냅니다.",
        "Finishing what is on its way, then stopping. Ctrl-C once more leaves at once.";
    BULK_ABANDONED: "결과를 기다리지 않고 끝냅니다. 같은 명령으로 이어서 실행할 수 있습니다.",
        "Left without waiting. The same command goes on from here.";
    WRITTEN_TO: "저장했습니다:", "Written to";
    PER_SECOND: "초당", "per second";
    TIME_LEFT: "남은 시간", "left";
    MOVED: "취소 금액", "moved";
    PHASE_LISTING: "저널을 읽는 중", "reading the journal";
    PHASE_CANCELLING: "취소 중", "cancelling";
    PHASE_WAITING: "기다리는 중", "waiting";
    PHASE_RECONCILING: "모르는 취소를 조회하는 중", "looking up what is unknown";
    PHASE_SUMMING: "합계를 내는 중", "summing up";
    PHASE_FINISHED: "끝", "finished";
}

// The sandbox.
words! {
    SANDBOX_RUNS: "샌드박스가 실행 중입니다:", "The sandbox runs at";
    IN_ANOTHER_TERMINAL: "다른 터미널에서 (샌드박스의 공개된 시험용 키입니다)", "In another terminal (these are the sandbox's own, public keys)";
    V2_BASIC: "v2의 Basic 방식", "v2's Basic form";
    SAMPLE_RECEIPTS: "시험용 영수증", "Sample receipts";
    SAMPLE_CARD: "카드 10,000원", "card, 10,000 won";
    SAMPLE_TAX_FREE: "카드 30,000원, 면세 5,000원", "card, 30,000 won, 5,000 of it tax-free";
    SAMPLE_VIRTUAL_ACCOUNT: "가상계좌 50,000원 (환불 계좌 필요)", "virtual account, 50,000 won (needs a refund account)";
    SAMPLE_REFUSED: "카드 20,000원, 정산 예정 금액 부족으로 거절", "card, 20,000 won, refused for lack of settlement";
    SAMPLE_CONSOLE: "카드 15,000원, PG사 관리자 화면에서 이미 취소됨", "card, 15,000 won, already cancelled in the PG's console";
    CONTROL: "제어", "Control";
    ADD_A_RECEIPT: "영수증 추가", "one more receipt";
    LOSE_AN_ANSWER: "다음 취소의 응답이 사라짐", "the next cancel's answer is lost";
    TRUE_LEDGER: "실제로 움직인 돈", "what really moved";
    CTRL_C_ENDS: "Ctrl-C로 끝냅니다.", "Ctrl-C ends it.";
}
