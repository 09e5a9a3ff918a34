//! The judge: plays every case with one runner, and writes down what came of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use bootpay_sandbox::Sandbox;
use serde_json::{Map, Value, json};

use super::case::{Call, Case, Step};
use super::fits::misfit;
use super::plain::Plain;
use super::runner::Runner;
use super::stage::{Stage, canonical, receipts};

/// What one runner made of the cases.
#[derive(Debug, Default)]
pub struct Judgement {
    /// One canonical line for each answer, each request on the wire and each movement of money.
    pub report: String,
    /// Where it is not what a case expects.
    pub misfits: Vec<String>,
}

/// Plays the cases with one runner.
///
/// # Errors
/// Where the runner or the sandbox does not work.
pub async fn judge(runner: &mut Runner, cases: &[Case]) -> Result<Judgement> {
    let mut judgement = Judgement::default();
    for case in cases {
        let name = runner.name().to_owned();
        play(runner, case, &mut judgement).await.with_context(|| format!("{name}, case {}", case.id))?;
    }
    Ok(judgement)
}

async fn play(runner: &mut Runner, case: &Case, judgement: &mut Judgement) -> Result<()> {
    let stage = Stage::set().await?;
    let base_url = stage.sandbox.base_url();
    let folder = stage.folder.path().display().to_string();
    let mut given = vec![
        ("$base_url", base_url.clone()),
        ("$folder", folder.clone()),
        ("$application_id", Sandbox::APPLICATION_ID.to_owned()),
        ("$private_key", Sandbox::PRIVATE_KEY.to_owned()),
        ("$client_key", Sandbox::CLIENT_KEY.to_owned()),
        ("$secret_key", Sandbox::SECRET_KEY.to_owned()),
    ];
    if format!("{case:?}").contains("$token_") {
        given.push(("$token_v1", stage.token("/request/token").await?));
        given.push(("$token_v2", stage.token("/v2/request/token").await?));
    }
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let mut plain = Plain::new(vec![(base_url, "<base>"), (folder, "<folder>")], now_ms);
    judgement.report.push_str(&format!("# {}\n", case.id));

    for control in &case.given {
        stage.control(control)?;
    }
    let mut opened = case.client.clone();
    opened.insert("do".into(), "open".into());
    let expected = opened.remove("expect").unwrap_or(json!({ "opened": true }));
    let open = Call { expect: expected, told: opened };
    make(runner, &open, &given, &mut plain, &case.id, judgement).await?;
    for step in &case.steps {
        match step {
            Step::World { sandbox } => stage.control(sandbox)?,
            Step::Wait { wait_ms } => tokio::time::sleep(Duration::from_millis(*wait_ms)).await,
            Step::Seen { requests_seen } => stage.wait_for(*requests_seen).await?,
            Step::Call(call) => make(runner, call, &given, &mut plain, &case.id, judgement).await?,
        }
    }
    runner.ask(&json!({ "do": "close", "client": "a" })).await?;

    let mut wire: Vec<String> = stage.wire().iter().map(|line| plain.text(line)).collect();
    if case.wire_in_any_order {
        wire.sort();
    }
    let added = case.steps.iter().filter_map(|step| match step {
        Step::World { sandbox } => Some(sandbox),
        _ => None,
    });
    let moved = stage.moved(&receipts(case.given.iter().chain(added))?);
    for (what, expected, found) in [("wire", &case.wire, wire), ("moved", &case.moved, moved)] {
        for line in &found {
            judgement.report.push_str(&format!("{what}: {line}\n"));
        }
        if *expected != found {
            judgement.misfits.push(format!("{}: {what}: expected {expected:#?}, but it is {found:#?}", case.id));
        }
    }
    Ok(())
}

/// Has the runner make a call, writes its answer down, and holds it against what is expected.
async fn make(
    runner: &mut Runner,
    call: &Call,
    given: &[(&str, String)],
    plain: &mut Plain,
    case: &str,
    judgement: &mut Judgement,
) -> Result<()> {
    let mut told = Value::Object(call.told.clone());
    complete(&mut told);
    fill_in(&mut told, given, plain);
    let line = runner.ask(&told).await?;
    let mut answer: Value =
        serde_json::from_str(&line).with_context(|| format!("the runner's answer is no JSON: {line}"))?;
    if line != canonical(&answer) {
        judgement.misfits.push(format!("{case}: not canonical: {line}"));
    }
    plain.value(&mut answer);
    judgement.report.push_str(&canonical(&answer));
    judgement.report.push('\n');
    if let Some(misfit) = misfit(&call.expect, &answer) {
        judgement.misfits.push(format!("{case}: {misfit}"));
    }
    Ok(())
}

/// What goes without saying in the files: the client is `a`, the sandbox's address and keys, a journal in memory.
fn complete(told: &mut Value) {
    let Value::Object(members) = told else { return };
    let what = members.get("do").and_then(Value::as_str).unwrap_or_default().to_owned();
    match what.as_str() {
        "together" => members.get_mut("calls").and_then(Value::as_array_mut).into_iter().flatten().for_each(complete),
        "abandon" | "in_child" => members.get_mut("call").into_iter().for_each(complete),
        "banks" | "find_bank" | "shown" => {}
        _ => {
            or(members, "client", "a".into());
            if what == "open" {
                or(members, "journal", "memory".into());
                if !members.contains_key("environment") {
                    or(members, "base_url", "$base_url".into());
                }
                if !["basic_pair", "token_source"].iter().any(|way| members.contains_key(*way)) {
                    or(
                        members,
                        "key_pair",
                        json!({ "application_id": "$application_id", "private_key": "$private_key" }),
                    );
                }
            }
        }
    }
}

fn or(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.entry(name).or_insert(value);
}

fn fill_in(value: &mut Value, given: &[(&str, String)], plain: &Plain) {
    match value {
        Value::String(text) => {
            for (word, stands_for) in given {
                *text = text.replace(word, stands_for);
            }
            *text = plain.put_back(text);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, given, plain)),
        Value::Object(members) => members.values_mut().for_each(|member| fill_in(member, given, plain)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
