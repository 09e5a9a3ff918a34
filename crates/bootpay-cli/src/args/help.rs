//! What `--help` says beyond the flags: enough that no manual page is needed.

mod korean;

use bootpay_core::Language;

/// The help in the reader's language. The parser's own words ("Usage", "Options") stay English.
pub(crate) fn in_language(command: clap::Command, language: Language) -> clap::Command {
    match language {
        Language::English => command,
        Language::Korean => korean::translated(command),
    }
}

pub(crate) const SHORT: &str = "\
Exit status:
  0 cancelled, or done · 1 error, no money moved · 2 wrong usage or input · 3 unknown
  4 already cancelled
`bootpay --help` has examples and the environment's variables.";

pub(crate) const LONG: &str = "\
Examples:
  bootpay cancel RECEIPT                   all that remains; asks first on a terminal
  bootpay cancel RECEIPT --price 3000 --cancel-id order-1042/refund-1
  bootpay cancel RECEIPT --price 3000 --dry-run
  bootpay receipt RECEIPT
  bootpay intents --open                   what still waits
  bootpay reconcile --all                  settle it: run this when a service starts
  bootpay bulk plan refunds.csv            cancels by the file: `bootpay bulk --help`
  bootpay sandbox --port 9100              a Bootpay to try all this on, without money

Environment (a flag goes before its variable; a variable that is set but empty is an error):
  BOOTPAY_APPLICATION_ID  the application id
  BOOTPAY_PRIVATE_KEY     its private key; no flag takes it: it would show in `ps`
  BOOTPAY_CLIENT_KEY      v2's Basic form, instead of the two above
  BOOTPAY_SECRET_KEY      its secret key; no flag takes it either
  BOOTPAY_BASE_URL        another Bootpay than https://api.bootpay.co.kr
  BOOTPAY_API             v1 or v2; v1 unless only a client key is configured
  BOOTPAY_JOURNAL         the journal: a file's path, a database that hosts share
                          (postgresql://user:password@host:5432/database), or
                          `memory` for one that forgets; a file in your data
                          directory unless told
  BOOTPAY_PROXY           a proxy, password and all, or `none`;
                          else HTTPS_PROXY and NO_PROXY count
  BOOTPAY_REFUND_ACCOUNT  the account number for --refund-bank, --refund-holder
  LC_ALL, LC_MESSAGES, LANG
                          Korean where the first that is set says so
  NO_COLOR                no colours

Exit status:
  0  cancelled; of other commands: done
  1  an error: this command moved no money
  2  wrong usage or invalid input: nothing was sent
  3  unknown: the money may or may not have moved; `bootpay reconcile` settles it.
     Never ask for the same refund again under another cancel_id
  4  the payment had been cancelled before
  5  a bulk was stopped, and rows remain: run it again
  6  a bulk is done, and some of its rows were refused
Any other status (a crash, a kill) proves nothing: treat it like 3.

With --json, standard output is exactly one object, for wrong usage too:
  {\"outcome\": \"cancelled\" | \"already_cancelled\" | \"unknown\",
   \"receipt_id\", \"cancel_id\", …}
  {\"error\": {\"kind\", \"detail\", \"hint\", \"code\", …, \"money_moved\": false}}
`money_moved` is null where an error does not tell, as when an unknown cancel cannot be looked up.

The journal is what keeps a refund from being issued twice. All who cancel the same payments must share one: a file on \
a local disk that is kept, or a PostgreSQL database; do not delete it.";

pub(crate) const CANCEL: &str = "\
Without --price all that remains is given back; on a terminal you are asked first, and what you agreed to is what may \
be sent. --price 0 is refused: no amount that is given ever becomes a full cancel.

A --cancel-id of your own is what makes \"the same refund again\" different from \"another refund of the same \
amount\". Without one, a second partial cancel of the same receipt and amount is refused.

The first Ctrl-C does not abort a refund that may be on its way; the second leaves without its outcome.

Examples:
  bootpay cancel RECEIPT --yes --expect-remaining 10000
  bootpay cancel RECEIPT --price 3000 --tax-free 1500 --cancel-id order-1042/refund-1
  bootpay cancel RECEIPT --refund-bank 국민은행 --refund-holder 홍길동 \\
                 --refund-account - < account.txt

Exit status:
  0 cancelled · 1 error, no money moved · 2 wrong usage or input · 3 unknown
  4 already cancelled";

pub(crate) const BULK: &str = "\
A file has a row per cancel, in CSV (UTF-8, or as Korean Excel saves it) or JSON Lines. The columns, in English or Korean:
  receipt_id   영수증
  amount       금액; won, or `full` (전액). Empty is an error: nothing never means everything
  cancel_id    취소 ID; required for a part. The key of the refund: the same whenever the file is run
  kind         구분; optional: full (전액) or partial (부분)
  tax_free, expected_remaining, canceller, reason
               면세, 예상 잔액, 취소자, 사유
  bank, account, holder
               은행, 계좌번호, 예금주; for a virtual account

Every row is checked first, and of a file with one wrong row nothing is sent. The journal is all that is needed to go on \
after a Ctrl-C, a crash or a power cut: run the same command again. Several hosts may run one file on one journal.

Examples:
  bootpay bulk plan refunds.csv --look-up
  bootpay bulk run refunds.csv --plan 0123456789abcdef0123456789abcdef --cap 50000000
  bootpay bulk status refunds.csv
  bootpay bulk export refunds.csv -o result.csv

Exit status:
  0 every row is cancelled, or had been · 1 error, no money moved by this command · 2 wrong usage, or a wrong file
  3 some rows are unknown · 5 stopped, or rows remain: run it again · 6 done, and some rows were refused";

pub(crate) const BULK_RUN: &str = "\
Begins 5 rows per second, one more every second while answers come, and half as many after a 429, a time-out or an \
unknown. Rows of one receipt are sent in the file's order, partial ones 11 seconds apart.

It stops by itself, after what is on its way has ended: where too many answers are unknown, before --cap could be \
passed, and at a refusal that concerns the whole merchant (keys, settlement, limits). Of several hosts each counts \
against --cap what the journal shows: give each its share.

Ctrl-C finishes what is on its way and stops; a second one leaves at once. Neither loses or repeats a refund.

With --json, progress goes to standard error, one object per line, and the result is one object on standard output.

Exit status:
  0 every row is cancelled, or had been · 1 error, no money moved by this command · 2 wrong usage, or a wrong file
  3 some rows are unknown · 5 stopped, or rows remain: run it again · 6 done, and some rows were refused";

pub(crate) const RECONCILE: &str = "\
Looks the receipt up, and settles what that proves. Nothing is sent again unless --server-honours-cancel-id says that \
it may be. What stays unknown waits for later evidence, or for `bootpay resolve`.

Exit status of one:
  0 cancelled · 1 it moved no money · 2 wrong usage or no such intent
  3 still unknown · 4 already cancelled
Exit status of --all:
  0 nothing stays unknown · 1 something could not be checked · 3 something stays unknown";

pub(crate) const RESOLVE: &str = "\
For a cancel that no lookup can settle: look into Bootpay's and the PG's consoles, then say what you saw. \
`not-cancelled` is refused until 15 minutes after the request's deadline, since a late request could still arrive, and \
where a lookup proves that the money moved. An intent that found the payment already cancelled can be decided as \
`not-cancelled` at any time: where only a part was cancelled, the rest can then be asked for.

Example:
  bootpay resolve bp-3f2a9c --as cancelled --by 'Kim, finance'";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  bootpay completions bash > ~/.local/share/bash-completion/completions/bootpay
  bootpay completions zsh > ~/.zfunc/_bootpay
  bootpay completions fish > ~/.config/fish/completions/bootpay.fish";
