//! Cases, as the files have them.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, unlike any other's.
    pub id: String,
    /// What it shows, in a sentence, and where that comes from.
    pub shows: String,
    /// Control calls to the sandbox before anything else: method, path, body.
    #[serde(default)]
    pub given: Vec<Control>,
    /// How the client called `a` is opened, beyond the sandbox's address, its keys and a journal in memory.
    #[serde(default)]
    pub client: Map<String, Value>,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
    /// The requests that must have come over the wire, in order, as [`crate::conformance`] writes them.
    pub wire: Vec<String>,
    /// Whether the wire's order is left to chance.
    #[serde(default)]
    pub wire_in_any_order: bool,
    /// The movements of money that must be in the sandbox's ledger: `receipt amount by`.
    pub moved: Vec<String>,
}

/// A control call to the sandbox: method, path, and a body where there is one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Control {
    /// With a body.
    With(String, String, Value),
    /// Without.
    Without(String, String),
}

/// One step of a case.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// The world goes on: a control call to the sandbox.
    World {
        /// The call.
        sandbox: Control,
    },
    /// Time passes.
    Wait {
        /// How much, in milliseconds.
        wait_ms: u64,
    },
    /// Waits until the sandbox has seen so many requests; at most ten seconds.
    Seen {
        /// How many, of any kind.
        requests_seen: usize,
    },
    /// A call by the runner.
    Call(Call),
}

/// A call by the runner, and what must come of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// What must at least be in the answer.
    pub expect: Value,
    /// What the runner is told.
    #[serde(flatten)]
    pub told: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Case>,
}

/// Every case in the folder, file by file in their names' order.
///
/// # Errors
/// Where a file is not what it should be, or two cases have one name.
pub fn load(folder: &Path) -> Result<Vec<Case>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let File { cases: more, .. } =
            serde_json::from_str(&text).with_context(|| format!("{} is not what it should be", file.display()))?;
        for case in more {
            ensure!(cases.iter().all(|other| other.id != case.id), "two cases are called {}", case.id);
            cases.push(case);
        }
    }
    Ok(cases)
}
