//! The targets, one file each.

pub(crate) mod bulk_file;
pub(crate) mod cancel_answer;
pub(crate) mod ffi_config;
pub(crate) mod ffi_request;
pub(crate) mod inputs;
pub(crate) mod journal_row;
pub(crate) mod korean_time;
pub(crate) mod lookup_answer;
pub(crate) mod token_answer;
