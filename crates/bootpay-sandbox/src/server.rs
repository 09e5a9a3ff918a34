//! The HTTP server: connections in, answers out, faults in between.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::call::{Answer, Call, Operation, Route};
use crate::connection::{Cut, Lever, Wire};
use crate::control;
use crate::desk::{Desk, State};
use crate::fault::{Delivery, Fault, Says, When};
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};
use crate::seen::{self, AuthorizationScheme, SeenRequest};
use crate::spoil::spoil;

/// The largest request body that is read, in bytes.
const LARGEST_REQUEST: usize = 1024 * 1024;

/// Accepts connections until it is told to stop. Whoever runs it ends the connections by dropping the runtime.
pub(crate) async fn run(listener: TcpListener, desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stopped| *stopped) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let number = desk.next_connection();
                tokio::spawn(talk(stream, Arc::clone(&desk), number));
            }
            // Out of file descriptors, most likely: others will close theirs.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

async fn talk(stream: TcpStream, desk: Arc<Desk>, number: u64) {
    // Without it the second half of an answer written in two waits for an acknowledgement, some 40 ms.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let lever = Lever::default();
    let wire = Wire::new(stream, lever.clone(), Arc::clone(&desk), number);
    let service = service_fn(move |request| {
        let (desk, lever) = (Arc::clone(&desk), lever.clone());
        async move { serve(request, &desk, &lever, number).await }
    });
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, connection = number, "a connection ended early");
    }
}

/// The connection closes with no answer.
#[derive(Debug)]
struct Unanswered;

impl fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a fault leaves this request without an answer")
    }
}

impl std::error::Error for Unanswered {}

async fn serve(
    request: Request<Incoming>,
    desk: &Arc<Desk>,
    lever: &Lever,
    connection: u64,
) -> Result<Response<ReplyBody>, Unanswered> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let route = Route::of(parts.method.as_str(), path);
    let body = match Limited::new(body, LARGEST_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            let too_large = |state: &mut State, _| state.world.refuse(route.dialect, &Refusal::BodyTooLarge);
            return Ok(Reply::json(&desk.with(too_large)).into_response());
        }
        Err(_) => return Err(Unanswered),
    };
    if lever.request_was_cut() {
        return Err(Unanswered);
    }
    if path.starts_with("/_sandbox/") {
        let answer = control::answer(desk, &parts.method, &parts.uri, &body);
        return Ok(Reply::json(&answer).into_response());
    }
    let (fault, call, answered) = desk.with(|state, now_ms| {
        let (call, receipt_id) = meet(state, &parts, route, body, connection, now_ms);
        let fault = state.faults.take(call.route.operation, receipt_id.as_deref());
        // With no fault in the way everything happens under this one lock.
        let answered = match fault {
            None => Some(state.world.answer(&call, now_ms, true)),
            Some(_) => None,
        };
        (fault, call, answered)
    });
    match (fault, answered) {
        (None, Some(answer)) => Ok(Reply::json(&answer).into_response()),
        (Some(fault), _) => {
            let reply = carry_out_faulty(desk, call, fault.clone()).await?;
            deliver(&fault, reply, lever).await
        }
        (None, None) => Err(Unanswered),
    }
}

/// Notes a request in the log, and takes from it what the fake Bootpay needs.
fn meet(
    state: &mut State,
    parts: &Parts,
    route: Route,
    body: Bytes,
    connection: u64,
    now_ms: u64,
) -> (Call, Option<String>) {
    let authorization = header(&parts.headers, AUTHORIZATION.as_str());
    let says_json = header(&parts.headers, CONTENT_TYPE.as_str())
        .is_some_and(|content_type| content_type.starts_with("application/json"));
    let asks_by_receipt = state.faults.are_waiting();
    let (seen_body, receipt_id) = match route.operation {
        Operation::Cancel if !state.seen.remembers() && !asks_by_receipt => (None, None),
        Operation::Cancel => seen::cancel_body(&body),
        _ => (None, route.receipt_id.clone()),
    };
    state.seen.note(route.operation, || SeenRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        dialect: route.dialect,
        operation: route.operation,
        receipt_id: receipt_id.clone(),
        headers: parts.headers.keys().map(|name| name.as_str().to_owned()).collect(),
        authorization: AuthorizationScheme::of(authorization.as_deref()),
        body: seen_body,
        connection,
        arrived_at_unix_ms: now_ms,
        complete: true,
    });
    let call = Call { route, authorization, says_json, body };
    (call, receipt_id)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Acts or rehearses on the fault's side of the money, with its latency, and spoils what is said.
async fn carry_out_faulty(desk: &Arc<Desk>, call: Call, fault: Fault) -> Result<Reply, Unanswered> {
    let desk = Arc::clone(desk);
    // In a task of its own: a caller who hangs up during the latency does not stop what is under way, as at any server.
    let working = tokio::spawn(async move {
        let latency = Duration::from_millis(fault.latency_ms);
        let dialect = call.route.dialect;
        let answer = match fault.side() {
            When::AfterMoney => {
                let answer = desk.with(|state, now_ms| {
                    let true_answer = state.world.answer(&call, now_ms, true);
                    say_instead(state, &fault, &call).unwrap_or(true_answer)
                });
                tokio::time::sleep(latency).await;
                answer
            }
            When::BeforeMoney => {
                tokio::time::sleep(latency).await;
                desk.with(|state, now_ms| {
                    if fault.is_only_latency() {
                        return state.world.answer(&call, now_ms, true);
                    }
                    say_instead(state, &fault, &call).unwrap_or_else(|| {
                        if arrives_whole(&fault) {
                            state.world.refuse(dialect, &Refusal::Unavailable)
                        } else {
                            state.world.answer(&call, now_ms, false)
                        }
                    })
                })
            }
        };
        spoil(&fault, dialect, answer)
    });
    working.await.map_err(|_| Unanswered)
}

/// What the fault says in the world's own words, in place of the answer.
fn say_instead(state: &mut State, fault: &Fault, call: &Call) -> Option<Answer> {
    match &fault.says {
        Some(Says::ExpiredToken) => {
            state.world.forget_token(call.authorization.as_deref());
            Some(state.world.refuse(call.route.dialect, &Refusal::TokenInvalid))
        }
        None if fault.retry_after_s.is_some() => Some(state.world.refuse(call.route.dialect, &Refusal::Unavailable)),
        _ => None,
    }
}

/// Whether the caller gets a whole, readable answer in the end. Put before the money it must not be a success, since
/// that would be a lie.
fn arrives_whole(fault: &Fault) -> bool {
    matches!(
        (&fault.says, fault.delivery),
        (Some(Says::HugeBody(_)), None | Some(Delivery::SlowDrip { .. })) | (None, Some(Delivery::SlowDrip { .. }))
    )
}

async fn deliver(fault: &Fault, reply: Reply, lever: &Lever) -> Result<Response<ReplyBody>, Unanswered> {
    let cut = |bytes, counted_from_body, reset| Cut {
        bytes,
        counted_from_body,
        reset,
        body_length: reply.body.length(),
        never_whole: fault.side() == When::BeforeMoney && fault.says.is_none(),
    };
    match fault.delivery {
        Some(Delivery::NoAnswer) => {
            let never: Infallible = std::future::pending().await;
            match never {}
        }
        Some(Delivery::Drop | Delivery::CutRequest(_)) => return Err(Unanswered),
        Some(Delivery::Reset) => {
            lever.reset_on_close();
            return Err(Unanswered);
        }
        Some(Delivery::CutAnswer(bytes)) => lever.cut_answer(cut(bytes, false, false)),
        Some(Delivery::CutBody(bytes)) => lever.cut_answer(cut(bytes, true, false)),
        Some(Delivery::ResetAnswer(bytes)) => lever.cut_answer(cut(bytes, false, true)),
        Some(Delivery::SlowDrip { .. }) | None => {}
    }
    Ok(reply.into_response())
}
