//! The transport against servers that misbehave.

mod encrypted;
mod server;

use std::sync::Arc;

use url::Url;
use zeroize::Zeroizing;

use self::server::{Server, Then, answer};
use super::*;
use crate::clock::{Clock, SystemClock};
use crate::dialect::Method;
use crate::error::{BootpayError, UnreachableCause};
use crate::testing::ManualClock;

const BODY: &str = r#"{"receipt_id":"canary-body"}"#;

fn post() -> WireRequest {
    let body = Some(Zeroizing::new(BODY.as_bytes().to_vec()));
    WireRequest { method: Method::Post, path: "/cancel.json".to_owned(), body }
}

fn get() -> WireRequest {
    WireRequest { method: Method::Get, path: "/receipt/1?lookup_user_data=false".to_owned(), body: None }
}

fn within(milliseconds: u64) -> Limits {
    Limits { overall: Duration::from_millis(milliseconds), send_by: None }
}

fn transport_to(base: &str, proxy: ProxyChoice, clock: Arc<dyn Clock>) -> HttpTransport {
    let settings = HttpSettings {
        connect_timeout: Duration::from_millis(300),
        proxy,
        ..HttpSettings::new(Url::parse(base).unwrap())
    };
    HttpTransport::new(settings, clock).unwrap()
}

fn transport(server: &Server) -> HttpTransport {
    transport_to(&format!("http://{}", server.address), ProxyChoice::default(), Arc::new(SystemClock::default()))
}

async fn send(transport: &HttpTransport, request: WireRequest, limits: Limits) -> Exchange {
    let exchange = transport.exchange(request, Some(Secret::new("canary-token")), limits).await;
    assert!(!format!("{exchange:?} {transport:?}").contains("canary"), "{exchange:?}");
    exchange
}

fn not_sent(exchange: &Exchange) -> UnreachableCause {
    match exchange {
        Exchange::NotSent(reason) => reason.cause,
        other => panic!("{other:?}"),
    }
}

fn no_answer(exchange: &Exchange) -> UnreachableCause {
    match exchange {
        Exchange::NoAnswer(reason) => reason.cause,
        other => panic!("{other:?}"),
    }
}

fn answered(exchange: Exchange) -> WireAnswer {
    match exchange {
        Exchange::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

/// An address on this machine where nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_request_is_sent_whole_and_an_answer_read_whole() {
    let answer = answer("500 Oh", "Retry-After: 7\r\n", "{}");
    let server = Server::start(&[Then::Answer(answer)]).await;
    let transport = transport(&server);
    let answer = answered(send(&transport, post(), within(2000)).await);
    let expected = WireAnswer { status: 500, retry_after: Some(Duration::from_secs(7)), body: b"{}".to_vec() };
    assert_eq!(answer, expected);
    let request = server.last();
    assert!(request.starts_with("POST /cancel.json HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with(&format!("\r\n\r\n{BODY}")), "{request}");
    for header in [
        "authorization: canary-token",
        "content-type: application/json",
        "accept: application/json",
        "content-length: 28",
        "user-agent: bootpay-cancel/",
    ] {
        assert!(request.contains(&format!("\r\n{header}")), "{header}: {request}");
    }
    assert!(!request.contains("transfer-encoding") && !request.contains("accept-encoding"), "{request}");

    answered(send(&transport, get(), within(2000)).await);
    assert!(server.last().starts_with("GET /receipt/1?lookup_user_data=false HTTP/1.1\r\n"));
    assert_eq!((server.connections(), server.bodies()), (1, 1), "the connection is used again");
}

#[tokio::test]
async fn a_refused_connection_is_proof_of_not_sent() {
    let transport = transport_to(&nobody().await, ProxyChoice::None, Arc::new(SystemClock::default()));
    for request in [post(), get()] {
        let exchange = send(&transport, request, within(2000)).await;
        assert_eq!(not_sent(&exchange), UnreachableCause::Connect);
        assert!(format!("{exchange:?}").contains("127.0.0.1: connection refused"), "{exchange:?}");
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_proof_of_not_sent() {
    let base = "https://no-such-host.invalid";
    let transport = transport_to(base, ProxyChoice::None, Arc::new(SystemClock::default()));
    assert_eq!(not_sent(&send(&transport, post(), within(10_000)).await), UnreachableCause::Connect);
}

#[tokio::test]
async fn a_server_without_tls_is_proof_of_not_sent() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    let base = format!("https://127.0.0.1:{}", server.address.port());
    let transport = transport_to(&base, ProxyChoice::default(), Arc::new(SystemClock::default()));
    assert_eq!(not_sent(&send(&transport, post(), within(2000)).await), UnreachableCause::Connect);
    assert_eq!(server.bodies(), 0);
}

#[tokio::test]
async fn a_tls_handshake_that_never_ends_is_proof_of_not_sent() {
    // Listens, so that TCP connects, and never accepts.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let transport = transport_to(&base, ProxyChoice::default(), Arc::new(SystemClock::default()));
    let exchange = send(&transport, post(), within(5000)).await;
    assert_eq!(not_sent(&exchange), UnreachableCause::Connect);
    assert!(format!("{exchange:?}").contains("not made in time"), "{exchange:?}");
    // And where the whole time is up before the connection's own.
    assert_eq!(not_sent(&send(&transport, post(), within(100)).await), UnreachableCause::Deadline);
}

#[tokio::test]
async fn a_silent_server_may_have_the_request() {
    let server = Server::start(&[Then::Silence]).await;
    let exchange = send(&transport(&server), post(), within(200)).await;
    assert_eq!(no_answer(&exchange), UnreachableCause::TimedOut);
    assert_eq!(server.bodies(), 1);
}

#[tokio::test]
async fn a_server_that_accepts_and_never_reads_may_have_the_request() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let transport = transport_to(&base, ProxyChoice::None, Arc::new(SystemClock::default()));
    assert_eq!(no_answer(&send(&transport, post(), within(200)).await), UnreachableCause::TimedOut);
    assert_eq!(no_answer(&send(&transport, get(), within(200)).await), UnreachableCause::TimedOut);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_delivered_it() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":200".to_vec();
    for way in [Then::Close, Then::Reset, Then::AnswerAndClose(cut)] {
        let server = Server::start(std::slice::from_ref(&way)).await;
        let exchange = send(&transport(&server), post(), within(2000)).await;
        assert_eq!(no_answer(&exchange), UnreachableCause::Disconnected, "{way:?}");
        assert_eq!((server.connections(), server.bodies()), (1, 1), "{way:?}: sent once");
    }
}

#[tokio::test]
async fn a_pooled_connection_that_the_server_has_closed_never_doubles_a_request() {
    let ok = answer("200 OK", "", "{}");
    for round in 0..40 {
        let server = Server::start(&[Then::AnswerAndClose(ok.clone()), Then::Answer(ok.clone())]).await;
        let transport = transport(&server);
        answered(send(&transport, post(), within(2000)).await);
        // From "the close is still on its way" to "it was seen long ago".
        tokio::time::sleep(Duration::from_micros(round * 25)).await;
        let mut sent = 1;
        match send(&transport, post(), within(2000)).await {
            Exchange::Answered(_) => sent += 1,
            // Lost on the dying socket, and not repeated behind our back.
            Exchange::NoAnswer(_) | Exchange::NotSent(_) => {}
        }
        assert_eq!(server.bodies(), sent, "round {round}");
    }
}

#[tokio::test]
async fn a_connection_closed_under_the_second_request_is_not_tried_again() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}")), Then::Close]).await;
    let transport = transport(&server);
    answered(send(&transport, post(), within(2000)).await);
    let exchange = send(&transport, post(), within(2000)).await;
    assert_eq!(no_answer(&exchange), UnreachableCause::Disconnected);
    assert_eq!((server.connections(), server.bodies()), (1, 2));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let there = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("Location: http://{}/\r\n", there.address);
        let server = Server::start(&[Then::Answer(answer(status, &location, ""))]).await;
        let answer = answered(send(&transport(&server), post(), within(2000)).await);
        assert_eq!(answer.status.to_string(), status[..3]);
    }
    assert_eq!(there.connections(), 0);
}

#[tokio::test]
async fn an_answer_over_a_mebibyte_is_none() {
    let large = "x".repeat(2 << 20);
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n", 2 << 20);
    for answer in [answer("200 OK", "", &large), chunked.into_bytes()] {
        let server = Server::start(&[Then::Answer(answer)]).await;
        let exchange = send(&transport(&server), post(), within(5000)).await;
        assert_eq!(no_answer(&exchange), UnreachableCause::BadAnswer);
        assert!(format!("{exchange:?}").contains("too large"));
    }
    let server = Server::start(&[Then::Answer(answer("200 OK", "", &"x".repeat(1 << 20)))]).await;
    assert_eq!(answered(send(&transport(&server), post(), within(5000)).await).body.len(), 1 << 20);
}

#[tokio::test]
async fn an_answer_that_drips_does_not_stretch_the_limit() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_vec();
    let server = Server::start(&[Then::Drip(head)]).await;
    let started = std::time::Instant::now();
    let exchange = send(&transport(&server), post(), within(300)).await;
    assert_eq!(no_answer(&exchange), UnreachableCause::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_none() {
    let server = Server::start(&[Then::AnswerAndClose(b"SSH-2.0-canary\r\n\r\n".to_vec())]).await;
    no_answer(&send(&transport(&server), post(), within(2000)).await);
}

#[tokio::test]
async fn after_the_send_deadline_not_a_byte_leaves() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    let clock = ManualClock::new();
    let transport = transport_to(&format!("http://{}", server.address), ProxyChoice::None, clock.clone());
    clock.advance(Duration::from_secs(10));
    let limits = |at| Limits { overall: Duration::from_secs(60), send_by: Some(Duration::from_secs(at)) };
    assert_eq!(not_sent(&send(&transport, post(), limits(9)).await), UnreachableCause::Deadline);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!((server.bytes(), server.bodies()), (0, 0));
    answered(send(&transport, post(), limits(10)).await);
    // On a pooled connection too.
    assert_eq!(not_sent(&send(&transport, post(), limits(9)).await), UnreachableCause::Deadline);
    assert_eq!(server.bodies(), 1);
}

#[tokio::test]
async fn the_injected_clock_decides_when_the_time_is_up() {
    let server = Server::start(&[Then::Silence]).await;
    let clock = ManualClock::new();
    let transport = transport_to(&format!("http://{}", server.address), ProxyChoice::None, clock.clone());
    let exchange = tokio::spawn(async move { send(&transport, post(), within(60_000)).await });
    while server.bodies() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    clock.advance(Duration::from_secs(60));
    assert_eq!(no_answer(&exchange.await.unwrap()), UnreachableCause::TimedOut);
}

#[tokio::test]
async fn a_caller_that_goes_away_before_the_connection_is_there_never_sends() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    let transport = transport(&server);
    for _ in 0..50 {
        // One poll: TCP begins to connect, and goes on in the background without us.
        tokio::select! {
            biased;
            _ = send(&transport, post(), within(2000)) => panic!("the first poll can't bring an answer"),
            () = std::future::ready(()) => {}
        }
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((server.bodies(), server.bytes()), (0, 0));
    answered(send(&transport, post(), within(2000)).await);
    assert_eq!(server.bodies(), 1);
}

/// Whenever a caller goes away, the server gets a whole body once or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_at_any_moment_leaves_no_second_body_behind() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    let transport = Arc::new(transport(&server));
    for polls in 0..200_u32 {
        let before = server.bodies();
        let sending = tokio::spawn({
            let transport = transport.clone();
            async move { send(&transport, post(), within(2000)).await }
        });
        for _ in 0..polls {
            tokio::task::yield_now().await;
        }
        sending.abort();
        let _ = sending.await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(server.bodies() <= before + 1);
    }
}

#[tokio::test]
async fn a_proxys_password_is_never_shown() {
    let proxy = nobody().await.replace("http://", "http://user:canary-pass@");
    let transport = transport_to(
        "https://api.bootpay.example",
        ProxyChoice::Url(Secret::new(proxy)),
        Arc::new(SystemClock::default()),
    );
    assert_eq!(not_sent(&send(&transport, post(), within(2000)).await), UnreachableCause::Connect);
}

#[tokio::test]
async fn a_proxy_that_opens_no_tunnel_is_proof_of_not_sent() {
    let proxy = Server::start(&[Then::Answer(answer("407 No", "", ""))]).await;
    let url = Secret::new(format!("http://user:canary-pass@{}", proxy.address));
    let clock = Arc::new(SystemClock::default());
    let transport = transport_to("https://api.bootpay.example", ProxyChoice::Url(url), clock);
    assert_eq!(not_sent(&send(&transport, post(), within(2000)).await), UnreachableCause::Connect);
    assert!(proxy.last().starts_with("CONNECT api.bootpay.example:443"), "{}", proxy.last());
    assert!(!proxy.last().contains("canary"), "neither body nor token, and the password is encoded");
}

#[tokio::test]
async fn a_path_never_leads_to_another_host() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    for path in ["//elsewhere.example/", "/\\elsewhere.example/", "http://elsewhere.example/", "relative", ""] {
        let request = WireRequest { path: path.to_owned(), ..post() };
        not_sent(&send(&transport(&server), request, within(500)).await);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_not_sent() {
    let server = Server::start(&[Then::Answer(answer("200 OK", "", "{}"))]).await;
    let token = Some(Secret::new("canary\r\nx: y"));
    let exchange = transport(&server).exchange(post(), token, within(500)).await;
    not_sent(&exchange);
    assert!(!format!("{exchange:?}").contains("canary"));
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let settings = HttpSettings::new(Url::parse("http://api.bootpay.co.kr").unwrap());
    match HttpTransport::new(settings, ManualClock::new()) {
        Err(BootpayError::InvalidInput(problem)) => assert_eq!(problem.field(), "base_url"),
        other => panic!("{other:?}"),
    }
}
