//! The journal's file: where it is, how it comes about, and whether it is still the same one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::JournalError;

use super::trouble::Trouble;

/// The file of a journal that is open, or about to be.
#[derive(Debug)]
pub(super) struct JournalFile {
    path: PathBuf,
    place: String,
    identity: Option<Identity>,
}

/// What tells this file from another one of the same name, where the system has such a thing: device and number.
type Identity = (u64, u64);

impl JournalFile {
    /// Makes sure that there is a file at `path`, with directories for this user alone.
    pub(super) fn prepare(path: &Path) -> Result<Self, JournalError> {
        // Absolute: the process may change its working directory, and a file called `:memory:` is a file.
        let path = std::path::absolute(path).map_err(|error| JournalError::Open {
            place: path.display().to_string(),
            detail: format!("{error}. Name a file"),
        })?;
        let file = Self { place: path.display().to_string(), path, identity: None };
        file.refuse_network()?;
        file.create().map_err(|error| file.cannot_open(&error))?;
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Puts the names of the file and of SQLite's log beside it on the disk. SQLite syncs the directory itself when it first
    /// syncs its log, but does not tell where that fails; a log without a name is lost with all that was committed to it.
    pub(super) fn sync_names(&self) -> Result<(), JournalError> {
        sync_directory(self.directory()).map_err(|error| self.cannot_open(&error))
    }

    /// Takes note of which file it is, now that it is open.
    pub(super) fn remember(&mut self) -> Result<(), JournalError> {
        self.identity = identity(&self.path).map_err(|error| self.cannot_open(&error))?;
        Ok(())
    }

    /// Whether the open file is still the one that others find at its path. Where it was deleted, moved or replaced,
    /// whoever opens the path gets another journal, and the two would admit the same refund twice.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        match identity(&self.path) {
            Ok(now) if now == self.identity => Ok(()),
            Ok(_) => Err(self.is_gone("another file has taken its place")),
            Err(error) => Err(self.is_gone(&error.to_string())),
        }
    }

    fn is_gone(&self, why: &str) -> Trouble {
        Trouble::Unusable(format!(
            "the file was deleted, moved or replaced while it was open ({why}). Put the right one back, look into both \
             for open intents, and open the journal anew"
        ))
    }

    fn cannot_open(&self, error: &io::Error) -> JournalError {
        let advice = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                ". Name a place that this user may write: the file, and its directory"
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ". Free some space on its disk",
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => ". A part of its path is not a directory",
            _ => "",
        };
        JournalError::Open { place: self.place.clone(), detail: format!("{error}{advice}") }
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The deepest directory on the way that is there already.
    fn existing_directory(&self) -> &Path {
        self.directory().ancestors().find(|one| one.exists()).unwrap_or(&self.path)
    }

    fn create(&self) -> io::Result<()> {
        let directory = self.directory();
        let existing = self.existing_directory().to_owned();
        private_directory().create(directory)?;
        match private_file().open(&self.path) {
            Ok(created) => created.sync_all()?,
            // Not opened here: closing it again would drop the locks of this process's other handles.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
            Err(error) => return Err(error),
        }
        // A new name is on the disk once its directory is.
        for one in directory.ancestors() {
            sync_directory(one)?;
            if one == existing {
                break;
            }
        }
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn refuse_network(&self) -> Result<(), JournalError> {
        let real = self.existing_directory().canonicalize().map_err(|error| self.cannot_open(&error))?;
        // Without /proc nothing can be told, and nothing is refused.
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        match file_system(&mounts, &real).filter(|kind| is_network(kind)) {
            Some(kind) => Err(JournalError::Open {
                place: self.place.clone(),
                detail: format!(
                    "it lies on a network file system ({kind}), whose locks and syncs cannot be relied on. Name a \
                     place on a local disk; hosts that cancel the same receipts need a journal on a server"
                ),
            }),
            None => Ok(()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn refuse_network(&self) -> Result<(), JournalError> {
        Ok(())
    }
}

/// The kind of file system that holds `path`, by the lines of Linux's `mountinfo`. Of two that are mounted on one
/// directory, the later hides the earlier.
#[cfg(any(target_os = "linux", test))]
pub(super) fn file_system<'m>(mounts: &'m str, path: &Path) -> Option<&'m str> {
    mounts
        .lines()
        .filter_map(|line| {
            // "36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/root rw": the point is the fifth word, the kind comes
            // after a dash that any number of words may precede.
            let point = PathBuf::from(unescaped(line.split(' ').nth(4)?));
            let kind = line.split_once(" - ")?.1.split(' ').next()?;
            path.starts_with(&point).then_some((point.components().count(), kind))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind)
}

/// `mountinfo` writes white space and backslashes as three octal digits.
#[cfg(any(target_os = "linux", test))]
fn unescaped(word: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(word.to_owned(), |word, (code, char)| word.replace(code, char))
}

#[cfg(any(target_os = "linux", test))]
pub(super) fn is_network(kind: &str) -> bool {
    const NETWORK: [&str; 16] = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "coda",
        "glusterfs",
        "lustre",
        "fuse.ceph",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "fuse.rclone",
    ];
    NETWORK.contains(&kind)
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|found| Some((found.dev(), found.ino())))
}

/// Elsewhere an open file cannot be deleted or replaced.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Option<Identity>> {
    fs::metadata(path).map(|_| None)
}

fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(directory).and_then(|open| open.sync_all()) {
        // Some directories can be written in but not listed. Nobody can sync those.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}
