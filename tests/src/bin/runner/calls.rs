//! The calls.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use bootpay_core::{
    Bank, Bootpay, BootpayError, Builder, CancelId, CancelRequest, Credentials, Decision, Dialect, Environment,
    IntentQuery, JournalChoice, ProxyChoice, ReceiptId, RefundAccount, Secret, SuppliedToken, Timeouts, TokenSource,
    TokenSourceError,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::canon;
use crate::shown::Shown;

/// What the runner holds.
#[derive(Debug)]
pub(crate) struct Desk {
    clients: HashMap<String, Bootpay>,
    shown: Shown,
}

impl Desk {
    pub(crate) fn new(shown: Shown) -> Self {
        Self { clients: HashMap::new(), shown }
    }

    pub(crate) async fn answer(&mut self, told: &Value) -> Result<Value> {
        match text(told, "do")? {
            "open" => match self.open(told) {
                Ok(client) => {
                    self.shown.add(&format!("{client:?}"));
                    self.clients.insert(text(told, "client")?.to_owned(), client);
                    Ok(json!({ "opened": true }))
                }
                Err(error) => Ok(self.error(error.downcast::<BootpayError>()?)),
            },
            "close" => {
                self.clients.remove(text(told, "client")?);
                Ok(json!({ "closed": true }))
            }
            "banks" => Ok(json!({ "banks": Bank::all().map(|bank| canon::bank(&bank)).collect::<Vec<_>>() })),
            "find_bank" => Ok(match Bank::find(text(told, "bank")?) {
                Ok(bank) => json!({ "bank": canon::bank(&bank) }),
                Err(error) => self.error(error.into()),
            }),
            "together" => {
                let calls: Vec<Value> = member(told, "calls")?.unwrap_or_default();
                let started =
                    calls.into_iter().map(|call| Ok(tokio::spawn(self.call(call)?))).collect::<Result<Vec<_>>>()?;
                let mut answers = Vec::new();
                for call in started {
                    answers.push(call.await??);
                }
                Ok(json!({ "together": answers }))
            }
            "abandon" => {
                let call = self.call(told["call"].clone())?;
                let patience = Duration::from_millis(member(told, "after_ms")?.context("`after_ms` is missing")?);
                // The call's future is dropped when the time is over.
                tokio::time::timeout(patience, call).await.unwrap_or_else(|_| Ok(json!({ "abandoned": true })))
            }
            "in_child" => self.call(told["call"].clone())?.await,
            "shown" => {
                let canaries: Vec<String> = member(told, "canaries")?.unwrap_or_default();
                let found: Vec<_> = canaries.into_iter().filter(|canary| self.shown.holds(canary)).collect();
                Ok(json!({ "shown": found }))
            }
            _ => self.call(told.clone())?.await,
        }
    }

    fn open(&self, told: &Value) -> Result<Bootpay> {
        let credentials = if let Some(pair) = told.get("key_pair") {
            Credentials::key_pair(text(pair, "application_id")?, text(pair, "private_key")?)
        } else if let Some(pair) = told.get("basic_pair") {
            Credentials::basic(text(pair, "client_key")?, text(pair, "secret_key")?)
        } else {
            let source = &told["token_source"];
            Credentials::token_source(Arc::new(Scripted {
                scope: text(source, "scope")?.to_owned(),
                gives: member(source, "gives")?.unwrap_or_default(),
                asked: AtomicUsize::new(0),
            }))
        };
        let credentials = credentials.map_err(BootpayError::from)?;
        self.shown.add(&format!("{credentials:?}"));
        let builder = configure(Bootpay::builder(credentials), told)?;
        self.shown.add(&format!("{builder:?}"));
        Ok(builder.build()?)
    }

    /// A call to a client, as a future that owns all it needs.
    fn call(&self, told: Value) -> Result<impl Future<Output = Result<Value>> + Send + 'static + use<>> {
        let client = self.clients.get(text(&told, "client")?).context("no such client")?.clone();
        let shown = self.shown.clone();
        Ok(async move {
            Ok(match make(&client, &told, &shown).await {
                Ok(answer) => answer,
                Err(error) => {
                    let error = error.downcast::<BootpayError>()?;
                    shown.add(&format!("{error} {error:?}"));
                    canon::error(&error)
                }
            })
        })
    }

    fn error(&self, error: BootpayError) -> Value {
        self.shown.add(&format!("{error} {error:?}"));
        canon::error(&error)
    }
}

async fn make(client: &Bootpay, told: &Value, shown: &Shown) -> Result<Value> {
    let show = |value: &dyn fmt::Debug| shown.add(&format!("{value:?}"));
    Ok(match text(told, "do")? {
        "cancel" => {
            let request = request(told)?;
            show(&request);
            let outcome = client.cancel(request).await?;
            show(&outcome);
            canon::outcome(&outcome)
        }
        "preview" => {
            let preview = client.preview(request(told)?).await?;
            show(&preview);
            json!({ "preview": canon::preview(&preview) })
        }
        "receipt" => {
            let receipt = client.receipt(text(told, "receipt_id")?).await?;
            show(&receipt);
            json!({ "receipt": canon::receipt(&receipt) })
        }
        "token" => {
            show(&client.token().await?);
            json!({ "token": "received" })
        }
        "warm_up" => {
            client.warm_up().await?;
            json!({ "warmed_up": true })
        }
        "reconcile" => canon::outcome(&client.reconcile(text(told, "cancel_id")?).await?),
        "recover" => {
            let recovery = client.recover().await?;
            show(&recovery);
            json!({ "recovery": canon::recovery(&recovery) })
        }
        "resolve" => {
            let decision = match text(told, "decision")? {
                "cancelled" => Decision::Cancelled,
                "not_cancelled" => Decision::NotCancelled,
                other => bail!("no such decision: {other}"),
            };
            let intent = client.resolve(text(told, "cancel_id")?, decision, text(told, "actor")?).await?;
            show(&intent);
            json!({ "intent": canon::intent(&intent) })
        }
        "intents" => {
            let mut query = IntentQuery::default();
            if let Some(id) = member::<String>(told, "cancel_id")? {
                query.cancel_id = Some(CancelId::new(id).map_err(BootpayError::from)?);
            }
            if let Some(id) = member::<String>(told, "receipt_id")? {
                query.receipt_id = Some(ReceiptId::new(id).map_err(BootpayError::from)?);
            }
            query.open = member(told, "open")?.unwrap_or_default();
            query.limit = member(told, "limit")?;
            let intents = client.intents(query).await?;
            show(&intents);
            json!({ "intents": intents.iter().map(canon::intent).collect::<Vec<_>>() })
        }
        "intent" => json!({ "intent": canon::intent(&client.intent(text(told, "cancel_id")?).await?) }),
        "journal_place" => json!({ "place": client.journal_place() }),
        other => bail!("no such call: {other}"),
    })
}

fn request(told: &Value) -> Result<CancelRequest> {
    let receipt_id = text(told, "receipt_id")?;
    let mut request = match member(told, "price")? {
        Some(price) => CancelRequest::partial(receipt_id, price),
        None => CancelRequest::full(receipt_id),
    };
    if let Some(tax_free) = member::<u64>(told, "tax_free")? {
        request = request.tax_free(tax_free);
    }
    if let Some(remaining) = member::<u64>(told, "expected_remaining")? {
        request = request.expected_remaining(remaining);
    }
    if let Some(cancel_id) = member::<String>(told, "cancel_id")? {
        request = request.cancel_id(cancel_id);
    }
    if let Some(canceller) = member::<String>(told, "canceller")? {
        request = request.canceller(canceller);
    }
    if let Some(reason) = member::<String>(told, "reason")? {
        request = request.reason(reason);
    }
    if let Some(account) = told.get("refund_account") {
        let (number, holder) = (text(account, "account")?, text(account, "holder")?);
        let account = match account.get("code").and_then(Value::as_str) {
            Some(code) => Bank::raw(code).and_then(|bank| RefundAccount::with_bank(bank, number, holder)),
            None => RefundAccount::new(text(account, "bank")?, number, holder),
        };
        request = request.refund_account(account.map_err(BootpayError::from)?);
    }
    Ok(request)
}

fn configure(mut builder: Builder, told: &Value) -> Result<Builder> {
    if let Some(base_url) = member::<String>(told, "base_url")? {
        builder = builder.base_url(base_url);
    }
    if let Some(environment) = member::<String>(told, "environment")? {
        builder = builder.environment(match environment.as_str() {
            "production" => Environment::Production,
            "development" => Environment::Development,
            "test" => Environment::Test,
            "stage" => Environment::Stage,
            other => bail!("no such environment: {other}"),
        });
    }
    builder = match member::<String>(told, "dialect")?.as_deref() {
        None => builder,
        Some("v1") => builder.dialect(Dialect::V1),
        Some("v2") => builder.dialect(Dialect::V2),
        Some(other) => bail!("no such dialect: {other}"),
    };
    builder = builder.journal(match text(told, "journal")? {
        "memory" => JournalChoice::Memory,
        path => JournalChoice::Sqlite(path.into()),
    });
    let mut timeouts = Timeouts::default();
    for (name, place) in [
        ("connect_timeout_ms", &mut timeouts.connect),
        ("cancel_timeout_ms", &mut timeouts.cancel),
        ("lookup_timeout_ms", &mut timeouts.lookup),
        ("token_timeout_ms", &mut timeouts.token),
        ("idle_timeout_ms", &mut timeouts.idle),
        ("wait_for_others_ms", &mut timeouts.wait_for_others),
    ] {
        *place = member(told, name)?.map_or(*place, Duration::from_millis);
    }
    builder = builder.timeouts(timeouts);
    if member(told, "nobody_else_cancels")? == Some(true) {
        builder = builder.nobody_else_cancels();
    }
    if let Some(retention) = member(told, "server_honours_cancel_id_for_ms")? {
        builder = builder.server_honours_cancel_id(Duration::from_millis(retention));
    }
    if member(told, "look_before_partial")? == Some(false) {
        builder = builder.without_lookup_before_partial();
    }
    builder = match member::<String>(told, "proxy")?.as_deref() {
        None => builder,
        Some("none") => builder.proxy(ProxyChoice::None),
        Some(url) => builder.proxy(ProxyChoice::Url(Secret::new(url))),
    };
    Ok(match member::<String>(told, "ca_bundle")? {
        Some(pem) => builder.ca_bundle(pem),
        None => builder,
    })
}

fn text<'a>(told: &'a Value, name: &str) -> Result<&'a str> {
    told.get(name).and_then(Value::as_str).with_context(|| format!("`{name}` is missing in {told}"))
}

fn member<T: DeserializeOwned>(told: &Value, name: &str) -> Result<Option<T>> {
    match told.get(name) {
        Some(value) => Ok(Some(serde_json::from_value(value.clone()).with_context(|| format!("`{name}` in {told}"))?)),
        None => Ok(None),
    }
}

/// A token source that gives what it is told, one after the other.
struct Scripted {
    scope: String,
    gives: Vec<Value>,
    asked: AtomicUsize,
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenSource for Scripted {
    fn scope(&self) -> String {
        self.scope.clone()
    }

    async fn token(&self, _: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let given = &self.gives[asked.min(self.gives.len() - 1)];
        match given.get("fails").and_then(Value::as_str) {
            Some(words) => Err(TokenSourceError(words.to_owned())),
            None => Ok(SuppliedToken {
                token: Secret::new(given["token"].as_str().unwrap_or_default()),
                lifetime: given.get("lifetime_ms").and_then(Value::as_u64).map(Duration::from_millis),
            }),
        }
    }
}
