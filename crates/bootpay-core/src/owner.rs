//! Who carries an intent out, told in a way that a later process can check: is that one still alive?
//!
//! A lease alone would make a restarted service wait for it to run out. Where the operating system can tell that a
//! process of this very machine is gone, nobody waits.

use std::sync::Mutex;

use crate::intent::OwnerId;

/// One client in one process: `machine/process.start/client`.
#[derive(Debug)]
pub(crate) struct Owner {
    machine: String,
    client: String,
    /// The latest name, and the process that it is of: asking the system when a process started takes eight
    /// system calls.
    named: Mutex<Option<(u32, OwnerId)>>,
}

impl Owner {
    pub(crate) fn new(client: String) -> Self {
        Self { machine: machine(), client, named: Mutex::new(None) }
    }

    /// Named anew in every process: after a `fork` it is another one.
    pub(crate) fn id(&self) -> OwnerId {
        let pid = std::process::id();
        let read = || OwnerId(format!("{}/{pid}.{}/{}", self.machine, start_of(pid).unwrap_or_default(), self.client));
        // Never waited for: a thread that held it may have been left behind by a `fork`.
        let Ok(mut named) = self.named.try_lock() else { return read() };
        match &*named {
            Some((of, id)) if *of == pid => id.clone(),
            _ => {
                let id = read();
                *named = Some((pid, id.clone()));
                id
            }
        }
    }

    /// Whether a process is known to be gone. `false` where it lives, and where nobody can tell.
    pub(crate) fn is_gone(&self, other: &OwnerId) -> bool {
        let mut parts = other.0.splitn(3, '/');
        let (Some(machine), Some(process)) = (parts.next(), parts.next()) else { return false };
        let Some((pid, start)) = process.split_once('.') else { return false };
        let (Ok(pid), false) = (pid.parse::<u32>(), start.is_empty()) else { return false };
        // Where other users' processes are hidden, the first of all is hidden too, and nobody can tell who lives.
        if machine.is_empty() || machine != self.machine || start_of(1).is_none() {
            return false;
        }
        // Process ids are used again; the moment a process started tells the two apart.
        start_of(pid).is_none_or(|now| now != start)
    }
}

/// This boot of this machine, as seen from this process's own list of processes: containers have lists of their own.
#[cfg(target_os = "linux")]
fn machine() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let list = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    match (boot.trim(), list.to_str()) {
        ("", _) | (_, None | Some("")) => String::new(),
        (boot, Some(list)) => format!("{boot}+{}", list.trim_start_matches("pid:").trim_matches(['[', ']'])),
    }
}

/// When a process started, in the kernel's own ticks: field 22 of its `stat`, behind a name that may hold anything.
#[cfg(target_os = "linux")]
fn start_of(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace();
    // A zombie is gone: it runs no code.
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(not(target_os = "linux"))]
fn machine() -> String {
    String::new()
}

#[cfg(not(target_os = "linux"))]
fn start_of(_: u32) -> Option<String> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_living_process_is_not_gone_and_a_dead_one_is() {
        let owner = Owner::new("a".into());
        assert!(!owner.is_gone(&owner.id()));

        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let start = start_of(child.id()).unwrap();
        let childs = OwnerId(format!("{}/{}.{start}/b", owner.machine, child.id()));
        assert!(!owner.is_gone(&childs));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(owner.is_gone(&childs));
    }

    #[test]
    fn a_process_id_that_is_used_again_is_another_process() {
        let owner = Owner::new("a".into());
        let earlier = OwnerId(format!("{}/{}.1/a", owner.machine, std::process::id()));
        assert!(owner.is_gone(&earlier));
    }

    #[test]
    fn nobody_is_called_gone_who_cannot_be_checked() {
        let owner = Owner::new("a".into());
        for text in
            ["", "elsewhere/1.1/a", "x", "//", &format!("{}/abc/a", owner.machine), &format!("{}/1./a", owner.machine)]
        {
            assert!(!owner.is_gone(&OwnerId(text.to_owned())), "{text}");
        }
    }
}
