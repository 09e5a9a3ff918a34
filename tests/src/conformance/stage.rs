//! Where a case takes place: a sandbox of its own, a folder for journals, and the witness afterwards.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use bootpay_sandbox::{MovedBy, Sandbox, SeenRequest};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::case::Control;

/// One case's world.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) sandbox: Sandbox,
    pub(super) folder: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn set() -> Result<Self> {
        Ok(Self { sandbox: Sandbox::start().await?, folder: tempfile::tempdir()? })
    }

    pub(super) fn control(&self, call: &Control) -> Result<()> {
        let (method, path, body) = match call {
            Control::With(method, path, body) => (method, path, body),
            Control::Without(method, path) => (method, path, &Value::Null),
        };
        let refused = |why| anyhow!("the sandbox refused {method} {path}: {why}");
        self.sandbox.control(method, path, body).map_err(refused).map(|_| ())
    }

    /// A token as a merchant's own service would fetch it, for token sources. Nobody sees the request.
    pub(super) async fn token(&self, path: &str) -> Result<String> {
        let body =
            json!({ "application_id": Sandbox::APPLICATION_ID, "private_key": Sandbox::PRIVATE_KEY }).to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        let mut connection = TcpStream::connect(self.sandbox.address()).await?;
        connection.write_all(format!("{head}{body}").as_bytes()).await?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        self.sandbox.clear_requests();
        let (_, body) = answer.split_once("\r\n\r\n").context("an answer without a body")?;
        let body: Value = serde_json::from_str(body)?;
        let token = body["data"]["token"].as_str().or(body["access_token"].as_str());
        Ok(token.with_context(|| format!("no token in {body}"))?.to_owned())
    }

    /// Waits until so many requests have come.
    pub(super) async fn wait_for(&self, requests: usize) -> Result<()> {
        for _ in 0..1_000 {
            if self.sandbox.requests().len() >= requests {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("after ten seconds {} of {requests} requests have come", self.sandbox.requests().len())
    }

    /// The requests as they came: `POST /cancel.json bare {"receipt_id":…}`.
    pub(super) fn wire(&self) -> Vec<String> {
        self.sandbox.requests().iter().map(line).collect()
    }

    /// Every movement of money, whoever made it: `receipt amount by`, and `to account` where it went to one.
    pub(super) fn moved(&self, receipts: &[String]) -> Vec<String> {
        let mut moved = Vec::new();
        for receipt in receipts {
            for movement in self.sandbox.movements(receipt) {
                let by = match movement.by {
                    MovedBy::Api => "api",
                    MovedBy::Console => "console",
                    MovedBy::PgConsole => "pg console",
                    MovedBy::PgSweep => "pg sweep",
                };
                let place = if movement.to_account { " to account" } else { "" };
                moved.push(format!("{receipt} {} {by}{place}", movement.amount));
            }
        }
        moved
    }
}

fn line(request: &SeenRequest) -> String {
    let authorization = serde_json::to_value(request.authorization).unwrap_or_default();
    let mut line = format!("{} {}", request.method, request.path);
    for part in [
        request.query.as_ref().map(|query| format!("?{query}")),
        authorization.as_str().filter(|scheme| *scheme != "none").map(|scheme| format!(" {scheme}")),
        request.body.as_ref().map(|body| format!(" {}", canonical(body))),
        (!request.complete).then(|| " (cut off)".to_owned()),
    ] {
        line.push_str(&part.unwrap_or_default());
    }
    line
}

/// Canonical JSON: `serde_json` sorts members by name and writes no spaces.
pub(super) fn canonical(value: &Value) -> String {
    value.to_string()
}

/// The receipts that the sandbox was given, in order.
pub(super) fn receipts<'a>(controls: impl Iterator<Item = &'a Control>) -> Result<Vec<String>> {
    let mut receipts = Vec::new();
    for control in controls {
        if let Control::With(_, path, body) = control
            && path == "receipts"
        {
            let id = body.get("id").and_then(Value::as_str).context("a receipt of a case wants an `id`")?;
            receipts.push(id.to_owned());
        }
    }
    Ok(receipts)
}
