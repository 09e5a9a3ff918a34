//! Where PostgreSQL's programs are, and how they get there.

use std::fs;
use std::io::{Error, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The directory with `initdb`, `pg_ctl` and `psql`.
pub(crate) fn directory() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install()?;
    find().ok_or_else(|| Error::other("PostgreSQL's programs are still not there after its installation"))
}

/// Whether this is root, whom PostgreSQL's programs refuse to serve.
pub(crate) fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.trim_ascii() == b"0")
}

fn find() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|one| Some((one.file_name().to_str()?.parse().ok()?, one.path().join("bin"))))
        .filter(|(_, path)| is_complete(path))
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.pop().map(|(_, path)| path).or_else(|| std::env::split_paths(&path).find(|path| is_complete(path)))
}

fn is_complete(directory: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|name| directory.join(name).is_file())
}

fn install() -> Result<()> {
    if !is_root()? || !Path::new("/usr/bin/apt-get").exists() {
        return Err(Error::other("these tests need PostgreSQL: install it (Debian: apt-get install postgresql)"));
    }
    // Not by `eprintln!`, which a test's harness keeps to itself.
    writeln!(std::io::stderr(), "Installing PostgreSQL (apt-get install postgresql), without a cluster of its own …")?;
    let settings = Path::new("/etc/postgresql-common");
    if !settings.join("createcluster.conf").exists() {
        fs::create_dir_all(settings)?;
        fs::write(settings.join("createcluster.conf"), "create_main_cluster = false\n")?;
    }
    let apt = |arguments: &[&str]| {
        let status = Command::new("apt-get")
            .args(["-qq", "-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if status.success() { Ok(()) } else { Err(Error::other(format!("apt-get {arguments:?}: {status}"))) }
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", "postgresql"])
}
