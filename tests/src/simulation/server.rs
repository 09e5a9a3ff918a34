//! Bootpay at the end of the wire: the sandbox's own logic, and what stands before it.

use bootpay_core::{Dialect, Method, WireAnswer};
use bootpay_sandbox::{MovedBy, OfflineRequest};
use serde_json::{Value, json};

use super::network::{Handling, WayBack};
use super::setting::SECOND;
use super::world::{KEY, SECRET, What, World};

impl World {
    /// A request arrives. What it moves is written down as its intent's doing.
    pub(super) fn arrives(&mut self, message: usize, copy: usize) {
        let ledger = self.server.ledger().len();
        let (status, body) = self.handled(message);
        let moved = self.server.ledger()[ledger..].iter().filter(|one| one.by == MovedBy::Api).count();
        let operation = self.messages[message].operation;
        self.note(format_args!("Bootpay: message {message}, copy {copy}, {operation:?}: HTTP {status}, {moved} moved"));
        if moved > 0 {
            self.moves(message);
        }
        let one = &mut self.messages[message];
        let answer = match one.way_back {
            WayBack::Whole => Some(WireAnswer { status, retry_after: None, body }),
            WayBack::Lost => None,
            WayBack::Broken => {
                self.ends(message, super::network::Ended::Broken);
                return;
            }
            WayBack::Cut => {
                let kept = one.dice.below(body.len().max(1) as u64) as usize;
                Some(WireAnswer { status, retry_after: None, body: body[..kept].to_vec() })
            }
            WayBack::Foreign => Some(foreign(one.dice.below(4) as u8)),
        };
        let slow = self.setting.weather.slow;
        if let Some(answer) = answer {
            let healed = self.healed;
            let one = &mut self.messages[message];
            let takes =
                if !healed && one.dice.permille(slow) { one.dice.below(70 * SECOND) } else { one.dice.below(60) };
            let (tie, at) = (one.dice.next(), self.now + takes);
            self.at(at, tie, What::Answers { message, answer });
        }
    }

    fn handled(&mut self, message: usize) -> (u16, Vec<u8>) {
        let now_ms = self.server_ms();
        let one = &self.messages[message];
        let handling = one.handling;
        let dialect = self.setting.hosts[one.host].dialect;
        let path = one.request.path.split('?').next().unwrap_or_default();
        let request = OfflineRequest {
            method: if one.request.method == Method::Get { "GET" } else { "POST" },
            path,
            authorization: match handling {
                Handling::Unauthorized => None,
                _ => one.authorization.as_ref().map(|secret| secret.expose()),
            },
            body: one.request.body.as_ref().map_or(&[][..], |body| body.as_slice()),
        };
        let told = |status: u16, body: Value| (status, body.to_string().into_bytes());
        match handling {
            Handling::Plain | Handling::Unauthorized => {
                let (status, body) = self.server.answer(request, now_ms);
                told(status, body)
            }
            Handling::TooMany => refusal(dialect, 429, ("TOO_MANY_REQUESTS", -90429), "요청이 너무 많습니다", None),
            Handling::Refused => {
                let echoed = format!(
                    "정산예정 금액이 취소금액보다 작아 취소할 수 없습니다 {} {} {}",
                    String::from_utf8_lossy(request.body),
                    request.authorization.unwrap_or_default(),
                    if self.setting.hosts[one.host].basic { SECRET } else { KEY },
                );
                refusal(dialect, 500, ("RC_CANCEL_SERVER_ERROR", -90502), &echoed, Some("SBX02"))
            }
            Handling::ErrorBefore(which) => error(dialect, which),
            Handling::ErrorAfter(which) => {
                self.server.answer(request, now_ms);
                error(dialect, which)
            }
        }
    }
}

fn refusal(dialect: Dialect, status: u16, code: (&str, i64), message: &str, pg: Option<&str>) -> (u16, Vec<u8>) {
    let mut body = match dialect {
        Dialect::V1 => json!({ "status": status, "code": code.1, "message": message }),
        Dialect::V2 => json!({ "error_code": code.0, "message": message }),
    };
    if let Some(pg) = pg {
        match dialect {
            Dialect::V1 => body["data"] = json!({ "ResultCode": pg, "ResultMsg": message }),
            Dialect::V2 => body["pg_error_code"] = json!(pg),
        }
    }
    (status, body.to_string().into_bytes())
}

/// An error that says nothing about what was done.
fn error(dialect: Dialect, which: u8) -> (u16, Vec<u8>) {
    match which {
        0 => (502, b"<html><body>502 Bad Gateway</body></html>".to_vec()),
        1 => (503, b"<html><body>503 Service Unavailable</body></html>".to_vec()),
        2 => refusal(dialect, 500, ("RC_CANCEL_CRITICAL_ERROR", -90000), "알 수 없는 오류가 발생했습니다", None),
        _ => refusal(dialect, 500, ("INTERNAL_SERVER_ERROR", -90001), "서버 오류", None),
    }
}

/// An answer that is not Bootpay's.
fn foreign(which: u8) -> WireAnswer {
    let (status, body) = match which {
        0 => (200, "<html><body>please log in</body></html>"),
        1 => (502, "<html><body>502 Bad Gateway</body></html>"),
        2 => (307, ""),
        _ => (200, "{\"status\":\"ok\"}"),
    };
    WireAnswer { status, retry_after: None, body: body.as_bytes().to_vec() }
}
