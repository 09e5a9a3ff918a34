//! What kind of refusal it is.
//!
//! v2 names some of its refusals by symbol and both dialects use a few HTTP statuses on purpose; those are *codes*, and
//! documented (but for 429, which is only usual). v1's numbers are not (`protocol.md` §4): there the message's text is
//! what there is. Texts can change, so what is recognised by one says so, and a word counts only where it can mean
//! nothing else: a hint that names the wrong reason sends a merchant to the wrong console.
//!
//! In this order: the symbol, the HTTP status, the gateway's documented codes; then nothing at all where the gateway's
//! word leaves the end open; then the text; then what is left.

mod text;

use super::json::What;
use super::pg::{self, GatewayWord};
use super::{Recognised, ServerRefusal, WireAnswer};
use crate::error::RefusalKind;

/// A refusal as either dialect spells it, before anybody asks what it means.
#[derive(Debug)]
pub(super) struct Spelled {
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) gateway: GatewayWord,
}

/// `RC_CANCEL_SERVER_ERROR`: the gateway refused, or a parameter is wrong. Which of them, its text or code may tell.
const GATEWAY_OR_PARAMETER: &str = "RC_CANCEL_SERVER_ERROR";
/// `RC_CANCEL_CRITICAL_ERROR`: Bootpay lost the gateway on the way.
const GATEWAY_LOST: &str = "RC_CANCEL_CRITICAL_ERROR";

impl Spelled {
    /// Recognises it.
    pub(super) fn into_refusal(self, answer: &WireAnswer) -> Box<ServerRefusal> {
        let symbol = self.code.as_deref().unwrap_or_default().trim().to_ascii_uppercase();
        let said = format!("{} | {}", self.message, self.gateway.message.as_deref().unwrap_or_default());
        let gateway_code = self.gateway.code.as_deref();
        let is_final = symbol != GATEWAY_LOST && gateway_code.is_some_and(|code| pg::is_final(code, &said));
        let (kind, recognised) = recognise(&symbol, answer.status, gateway_code, is_final, &said);
        Box::new(ServerRefusal {
            http_status: answer.status,
            code: self.code,
            message: self.message,
            pg_code: self.gateway.code,
            pg_message: self.gateway.message,
            pg_code_is_final: is_final,
            kind,
            recognised,
            retry_after: answer.retry_after,
        })
    }
}

fn recognise(
    symbol: &str,
    http_status: u16,
    gateway_code: Option<&str>,
    is_final: bool,
    said: &str,
) -> (RefusalKind, Recognised) {
    if symbol == GATEWAY_LOST {
        return (RefusalKind::Other, Recognised::AsGatewayLost);
    }
    let by_code = by_symbol(symbol).or_else(|| by_status(http_status)).or_else(|| by_gateway_code(gateway_code));
    if let Some(kind) = by_code {
        return (kind, Recognised::ByCode);
    }
    // A gateway that succeeded, or does not know yet, has not refused, whatever the words around it say.
    let open = (gateway_code.is_some() && !is_final) || pg::is_open_question(said);
    if open {
        return (RefusalKind::Other, Recognised::No);
    }
    if let Some(kind) = text::kind_of(said, http_status) {
        return (kind, Recognised::ByText);
    }
    if symbol == GATEWAY_OR_PARAMETER {
        // The symbol alone, with a server error's status and no code of the gateway, proves no refusal.
        let proven = is_final || (400..500).contains(&http_status);
        return (RefusalKind::PgRefused, if proven { Recognised::ByCode } else { Recognised::No });
    }
    (if is_final { RefusalKind::PgRefused } else { RefusalKind::Other }, Recognised::No)
}

fn by_symbol(symbol: &str) -> Option<RefusalKind> {
    Some(match symbol {
        "RC_NOT_FOUND" => RefusalKind::NotFound,
        "RC_ALREADY_CANCELLED" => RefusalKind::AlreadyCancelled,
        "APP_KEY_NOT_FOUND"
        | "APP_KEY_NOT_REST"
        | "APP_SK_NOT_MATCHED"
        | "APP_CLIENT_KEY_NOT_FOUND"
        | "TOKEN_KEY_INVALID" => RefusalKind::Unauthorized,
        _ => return None,
    })
}

/// The statuses that are documented (401, 404) or usual (429), and only these: a 403 or a 409 says nothing by itself.
fn by_status(http_status: u16) -> Option<RefusalKind> {
    Some(match http_status {
        401 => RefusalKind::Unauthorized,
        404 => RefusalKind::NotFound,
        429 => RefusalKind::RateLimited,
        _ => return None,
    })
}

fn by_gateway_code(code: Option<&str>) -> Option<RefusalKind> {
    Some(match code? {
        "8012" => RefusalKind::KcpIp,
        "9003" => RefusalKind::RateLimited,
        _ => return None,
    })
}

/// Why a refusal's status cannot be one.
pub(super) const NOT_A_REFUSAL: What = "an error under a status that is none";

#[cfg(test)]
mod tests;
