//! Bad input: which field, what is wrong with it, and what would be right.

use std::fmt;

use crate::hint::{self, Language};

/// A call that cannot be right, refused before anything is sent. The value itself is never repeated: it may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct InvalidInput {
    field: &'static str,
    problem: Problem,
    expected: Option<String>,
    suggestions: Vec<String>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing was given.
    Empty,
    /// Longer than allowed.
    TooLong,
    /// A character that does not belong there.
    BadCharacter,
    /// An amount of nothing.
    Zero,
    /// Below the least.
    TooSmall,
    /// Above the most.
    TooLarge,
    /// A name that nobody knows.
    NotKnown,
    /// Right by itself, wrong together with another field or with the configuration.
    Inconsistent,
    /// It cannot be read as what it should be.
    Malformed,
    /// Plain http to a host that is not this machine.
    Insecure,
}

impl Problem {
    fn words(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::TooLong => "is too long",
            Self::BadCharacter => "has a character that does not belong there",
            Self::Zero => "is zero",
            Self::TooSmall => "is too small",
            Self::TooLarge => "is too large",
            Self::NotKnown => "is not known",
            Self::Inconsistent => "does not fit the rest",
            Self::Malformed => "cannot be read",
            Self::Insecure => "is not encrypted",
        }
    }
}

impl InvalidInput {
    pub(crate) fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem, expected: None, suggestions: Vec::new() }
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn suggest(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// The field's name, as the caller knows it.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// The closest right values, best first, for a field that takes one of a list.
    pub fn suggestions(&self) -> &[String] {
        &self.suggestions
    }

    /// What would be right, in the reader's language.
    pub fn hint(&self, language: Language) -> Option<String> {
        let (expected, question) = match language {
            Language::Korean => (Some(hint::input(self.field, self.problem)), "혹시"),
            Language::English => (self.expected.as_deref(), "did you mean"),
        };
        match (expected, self.suggestions.is_empty()) {
            (None, true) => None,
            (Some(expected), true) => Some(expected.to_owned()),
            (None, false) => Some(format!("{question} {}?", self.suggestions.join(", "))),
            (Some(expected), false) => {
                let joint = if expected.ends_with('.') { "" } else { ";" };
                Some(format!("{expected}{joint} {question} {}?", self.suggestions.join(", ")))
            }
        }
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.problem.words())?;
        if let Some(hint) = self.hint(Language::English) {
            write!(f, ": {hint}")?;
        }
        Ok(())
    }
}
