//! A bulk as a table that Excel opens: UTF-8 with its mark, lines that end as Windows ends them, ids that stay text, and no
//! cell that Excel would calculate.

use crate::error::BootpayError;
use crate::hint::Language;
use crate::intent::{Intent, IntentState};
use crate::korean_time::KoreanTime;

use super::Bulk;
use super::row::Row;
use super::standing::moved_by;
use super::sum::{RowState, Standing};

/// How many rows are read and written at a time.
const SOME: usize = 256;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BulkExportError {
    /// The journal could not be read.
    #[error("{0}")]
    Bootpay(#[from] BootpayError),
    /// It could not be written.
    #[error("the table cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

impl Bulk {
    /// Writes every row with how it stands, in the file's order: a CSV in UTF-8 with its mark. No account number, holder or
    /// reason is in it. `write` is called with a few hundred rows at a time.
    ///
    /// Texts that a spreadsheet would take for a number, a date or a formula have an apostrophe before them.
    ///
    /// # Errors
    /// [`BulkExportError`].
    pub async fn export(
        &self,
        language: Language,
        mut write: impl FnMut(&[u8]) -> std::io::Result<()> + Send,
    ) -> Result<(), BulkExportError> {
        write("\u{feff}".as_bytes())?;
        write(&record(headings(language).map(str::to_owned))?)?;
        let rows = u32::try_from(self.file().rows.len()).unwrap_or(u32::MAX);
        for from in (0..rows).step_by(SOME) {
            let mut asked = tokio::task::JoinSet::new();
            for index in from..rows.min(from.saturating_add(u32::try_from(SOME).unwrap_or(u32::MAX))) {
                let bulk = self.clone();
                asked.spawn(async move { bulk.standing_of(index).await.map(|told| (index, told)) });
            }
            let mut told = Vec::with_capacity(asked.len());
            while let Some(one) = asked.join_next().await {
                let lost = |_| BootpayError::Internal("a task that read the journal was lost".into());
                told.push(one.map_err(lost)??);
            }
            told.sort_by_key(|(index, _)| *index);
            let mut bytes = Vec::new();
            for (index, (standing, intent)) in told {
                bytes.extend(record(cells(self.row(index)?, standing, intent.as_ref(), language))?);
            }
            write(&bytes)?;
        }
        Ok(())
    }
}

const COLUMNS: usize = 14;

fn headings(language: Language) -> [&'static str; COLUMNS] {
    match language {
        Language::Korean => [
            "줄",
            "영수증",
            "구분",
            "금액",
            "취소 ID",
            "상태",
            "취소된 금액",
            "근거",
            "환불 상태",
            "취소 시각",
            "코드",
            "메시지",
            "PG 거래번호",
            "확인 필요",
        ],
        Language::English => [
            "line",
            "receipt_id",
            "kind",
            "amount",
            "cancel_id",
            "state",
            "cancelled_won",
            "evidence",
            "money_is_back",
            "cancelled_at",
            "code",
            "message",
            "tid",
            "look_into",
        ],
    }
}

fn cells(row: &Row, standing: Standing, intent: Option<&Intent>, language: Language) -> [String; COLUMNS] {
    let state = match (language, standing.state) {
        (Language::English, state) => state.name(),
        (Language::Korean, RowState::Cancelled) => "취소됨",
        (Language::Korean, RowState::Already) => "이미 취소됨",
        (Language::Korean, RowState::Refused) => "거절됨",
        (Language::Korean, RowState::Unknown) => "결과 모름",
        (Language::Korean, RowState::Remaining) => "남음",
    };
    let kind = match (language, row.amount.is_full()) {
        (Language::English, true) => "full",
        (Language::English, false) => "partial",
        (Language::Korean, true) => "전액",
        (Language::Korean, false) => "부분",
    };
    let name =
        |name: Option<serde_json::Value>| name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    let moved = intent.filter(|intent| intent.state == IntentState::Cancelled && standing.ours).and_then(moved_by);
    let cancellation = intent.and_then(|intent| intent.cancellation.as_ref());
    let at = cancellation.and_then(|one| one.revoked_at).or_else(|| {
        let settled = intent.filter(|intent| intent.state == IntentState::Cancelled)?;
        KoreanTime::from_unix_millis(settled.updated_at.0)
    });
    let refusal = intent.and_then(|intent| intent.refusal.as_ref());
    let cause = intent.and_then(|intent| intent.unknown_cause);
    [
        row.line.to_string(),
        guarded_id(row.receipt_id.as_str()),
        kind.to_owned(),
        row.stated().map(|won| won.get().to_string()).unwrap_or_default(),
        guarded_id(intent.map(|one| &one.cancel_id).or(row.cancel_id.as_ref()).map_or("", |id| id.as_str())),
        state.to_owned(),
        moved.map(|won| won.get().to_string()).unwrap_or_default(),
        name(intent.and_then(|one| one.evidence).and_then(|one| serde_json::to_value(one).ok())),
        name(intent.and_then(|one| one.money_is_back).and_then(|one| serde_json::to_value(one).ok())),
        at.map(|at| at.to_string()).unwrap_or_default(),
        guarded_id(refusal.and_then(|note| note.code.as_deref()).unwrap_or_default()),
        refusal
            .map(|note| guarded(&note.message))
            .unwrap_or_else(|| name(cause.and_then(|one| serde_json::to_value(one).ok()))),
        guarded_id(cancellation.and_then(|one| one.tid.as_deref()).unwrap_or_default()),
        if standing.held || standing.state == RowState::Unknown { "!" } else { "" }.to_owned(),
    ]
}

fn record(cells: [String; COLUMNS]) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(&cells).map_err(std::io::Error::other)?;
    writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}

/// A text from outside: what a spreadsheet would calculate becomes a text, and control characters become spaces.
fn guarded(text: &str) -> String {
    let plain: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let formula = plain.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{plain}") } else { plain }
}

/// An id: what a spreadsheet would take for a number or a date becomes a text too.
fn guarded_id(id: &str) -> String {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    // A Korean Excel reads `3월 5일` and `오후 3시` too.
    const PARTS: [&str; 12] = ["년", "월", "일", "시", "분", "초", "오전", "오후", "am", "pm", "₩", "원"];
    let folded = PARTS.iter().fold(id.to_ascii_lowercase(), |text, part| text.replace(part, ""));
    let without_month = MONTHS.iter().find_map(|month| {
        let at = folded.find(month)?;
        Some(format!("{}{}", folded.get(..at)?, folded.get(at + month.len()..)?))
    });
    let is_numeric = |text: &str| {
        text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || b" .,:/eE+-%$()".contains(&byte))
    };
    if is_numeric(&folded) || without_month.is_some_and(|rest| is_numeric(&rest)) {
        format!("'{id}")
    } else {
        guarded(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_change_is_kept_as_text() {
        for id in [
            "00123",
            "612250250068100100126e10",
            "123456789012345678",
            "2024-01",
            "1/2",
            "1e5",
            "jan-1",
            "3MAR",
            "-1",
            "(123)",
            "1월 3일",
            "3 PM",
            "1,000원",
        ] {
            assert_eq!(guarded_id(id), format!("'{id}"), "{id}");
        }
        for id in ["612df0250d681b001de61de6", "order-1042/refund-1", "bp-0f", "주문 1", ""] {
            assert_eq!(guarded_id(id), id);
        }
    }

    #[test]
    fn nothing_that_a_server_says_is_calculated() {
        for text in ["=HYPERLINK(\"http://x\")", "+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\r\n=1"] {
            assert!(guarded(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(guarded("취소할 수 없습니다"), "취소할 수 없습니다");
    }
}
