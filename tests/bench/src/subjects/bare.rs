//! reqwest, as one would use it by hand: one client, one token, the same bytes on the wire.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::{share_out, way};
use crate::peer::Addresses;
use crate::rounds::{Case, Subject};

/// The baseline.
#[derive(Debug)]
pub struct BareReqwest {
    runtime: Arc<Runtime>,
    site: Arc<Site>,
}

/// Whom it talks to, and how.
#[derive(Debug)]
pub(super) struct Site {
    client: Client,
    base: Url,
    token: HeaderValue,
}

#[derive(Serialize)]
struct CancelBody<'a> {
    receipt_id: &'a str,
    cancel_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<u64>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    status: u16,
    code: i64,
    data: T,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct Receipt {
    receipt_id: String,
    remain_price: u64,
}

#[derive(Deserialize)]
struct Cancelled {
    receipt_id: String,
    request_cancel_price: u64,
}

/// A client with the core's settings.
///
/// # Errors
/// Where the certificate is none.
pub fn client(pem: Option<&[u8]>) -> Result<Client> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = pem {
        roots.add(CertificateDer::from_pem_slice(pem)?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(60))
        .pool_idle_timeout(Duration::from_secs(10))
        .user_agent(concat!("bootpay-cancel/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

impl BareReqwest {
    /// Gets a token for everything that follows.
    ///
    /// # Errors
    /// Where there is none.
    pub fn new(runtime: &Arc<Runtime>, addresses: &Addresses, transport: &str) -> Result<Self> {
        let (base, pem) = way(addresses, transport)?;
        let (client, base) = (client(pem.as_deref())?, Url::parse(&base)?);
        let token = runtime.block_on(token(&client, &base, addresses))?;
        Ok(Self { runtime: Arc::clone(runtime), site: Arc::new(Site { client, base, token }) })
    }

    pub(super) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site)
    }
}

async fn token(client: &Client, base: &Url, addresses: &Addresses) -> Result<HeaderValue> {
    let Addresses { application_id, private_key, .. } = addresses;
    let keys = serde_json::json!({ "application_id": application_id, "private_key": private_key });
    let request = client.post(base.join("/request/token.json")?).header(CONTENT_TYPE, "application/json");
    let answer = request.body(keys.to_string()).send().await?.bytes().await?;
    let envelope: Envelope<Token> = serde_json::from_slice(&answer).context("the token")?;
    Ok(HeaderValue::from_str(&envelope.data.token)?)
}

impl Subject for BareReqwest {
    fn name(&self) -> &str {
        "reqwest by itself"
    }

    fn is_baseline(&self) -> bool {
        true
    }

    fn cancel(&mut self, receipts: Vec<String>, case: &Case) -> Result<()> {
        let site = Arc::clone(&self.site);
        let (part, won) = ((case.won < case.paid).then_some(case.won), case.won);
        share_out(&self.runtime, receipts, case, move |receipt| {
            let site = Arc::clone(&site);
            async move {
                if part.is_some() {
                    site.look_up(&receipt, won).await?;
                }
                site.cancel(&receipt, part, won).await
            }
        })
    }
}

impl Site {
    async fn look_up(&self, receipt_id: &str, won: u64) -> Result<()> {
        let request = self.client.get(self.base.join(&format!("/receipt/{receipt_id}.json"))?);
        let request = request.header(ACCEPT, "application/json").header(AUTHORIZATION, self.token.clone());
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        let Envelope { status, code, data }: Envelope<Receipt> = serde_json::from_slice(&answer)?;
        ensure!((status, code) == (200, 0) && data.receipt_id == receipt_id && data.remain_price >= won);
        Ok(())
    }

    pub(super) async fn cancel(&self, receipt_id: &str, price: Option<u64>, won: u64) -> Result<()> {
        // As long as the core's own.
        let cancel_id = format!("by-hand-{receipt_id}---");
        let body = CancelBody { receipt_id, cancel_id: &cancel_id, price };
        let request = self.client.post(self.base.join("/cancel.json")?);
        let request = request.header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/json");
        let request = request.header(AUTHORIZATION, self.token.clone()).body(serde_json::to_vec(&body)?);
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        let Envelope { status, code, data }: Envelope<Cancelled> = serde_json::from_slice(&answer)?;
        ensure!((status, code) == (200, 0) && data.receipt_id == receipt_id && data.request_cancel_price == won);
        Ok(())
    }
}
