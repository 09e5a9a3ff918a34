//! Banks: where a virtual-account refund goes.
//!
//! A refund account names its bank by a three-digit code. Nobody checks it (`protocol.md` §3): money sent to the wrong
//! bank is lost. So a name is accepted only where it means one bank and no other ("한국", "BNK" or "JB" could be two),
//! nothing is ever guessed, and a refusal names the closest banks for a person to choose from.
//!
//! The list is Bootpay's own plus the codes that Korean banks clear with in general; [`Bank::source`] tells them apart.
//! Banks open and rename themselves: [`Bank::raw`] lets a code through that the list does not have yet.

mod table;

use std::borrow::Cow;
use std::fmt;

use crate::error::{InvalidInput, Problem};
use table::{BANKS, Entry};

const FIELD: &str = "refund.bank";
const EXPECTED: &str = "a bank's three-digit code or its name, as in 004 or 국민은행";

/// A bank, known by its three-digit code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bank {
    code: Cow<'static, str>,
}

/// Who says that a code is a bank's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BankSource {
    /// Bootpay's official SDKs.
    OfficialSdk,
    /// Bootpay's newer notes.
    BootpayNotes,
    /// The general clearing codes of Korean banks: no Bootpay source lists it, so Bootpay may refuse it.
    ClearingCode,
}

impl Bank {
    /// Finds a bank by its code, its Korean name, or a usual short or English name. Case and spaces do not matter.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `refund.bank`, with at most three suggestions.
    pub fn find(bank: &str) -> Result<Self, InvalidInput> {
        let bank = bank.trim();
        if bank.is_empty() {
            return Err(InvalidInput::new(FIELD, Problem::Empty).expected(EXPECTED));
        }
        if bank.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::find_code(bank);
        }
        let key = fold(bank);
        match BANKS.iter().find(|entry| entry.all_names().any(|name| fold(name) == key)) {
            Some(entry) => Ok(entry.into()),
            None => Err(InvalidInput::new(FIELD, Problem::NotKnown).expected(EXPECTED).suggest(closest(bank))),
        }
    }

    fn find_code(code: &str) -> Result<Self, InvalidInput> {
        if let Some(entry) = table::by_code(code) {
            return Ok(entry.into());
        }
        let unknown = InvalidInput::new(FIELD, Problem::NotKnown);
        if code.len() == 3 {
            return Err(unknown.expected(
                "a code on the list; where you are sure of a newer bank's code, let it through with `Bank::raw`",
            ));
        }
        // Older systems write bank codes with two digits. That is a guess, so it is suggested and not accepted.
        let padded = format!("{code:0>3}");
        let meant = table::by_code(&padded).map(|entry| entry.code.to_owned());
        Err(unknown.expected(EXPECTED).suggest(meant.into_iter().collect()))
    }

    /// Lets a three-digit code through that may not be on the list, for banks that open later. It is sent as it is:
    /// be sure of it.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `refund.bank` where it is not three digits.
    pub fn raw(code: &str) -> Result<Self, InvalidInput> {
        if let Some(entry) = table::by_code(code) {
            return Ok(entry.into());
        }
        if code.is_empty() {
            return Err(InvalidInput::new(FIELD, Problem::Empty).expected("three digits"));
        }
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidInput::new(FIELD, Problem::Malformed).expected("three digits"));
        }
        Ok(Self { code: Cow::Owned(code.to_owned()) })
    }

    /// Every bank on the list, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        BANKS.iter().map(Self::from)
    }

    /// The three-digit code, which is what Bootpay is sent.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The Korean name; `None` for a raw code that is not on the list.
    pub fn name(&self) -> Option<&'static str> {
        self.entry().map(|entry| entry.korean)
    }

    /// The English name; `None` for a raw code that is not on the list.
    pub fn english_name(&self) -> Option<&'static str> {
        self.entry().map(|entry| entry.english)
    }

    /// The other names that [`Bank::find`] accepts.
    pub fn aliases(&self) -> &'static [&'static str] {
        self.entry().map_or(&[], |entry| entry.aliases)
    }

    /// Who says that the code is this bank's; `None` for a raw code that is not on the list.
    pub fn source(&self) -> Option<BankSource> {
        self.entry().map(|entry| entry.source)
    }

    fn entry(&self) -> Option<&'static Entry> {
        table::by_code(&self.code)
    }
}

impl fmt::Display for Bank {
    /// The code, with the Korean name where there is one: `004 국민은행`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(&format!("{} {name}", self.code)),
            None => f.pad(&self.code),
        }
    }
}

impl From<&'static Entry> for Bank {
    fn from(entry: &'static Entry) -> Self {
        Self { code: Cow::Borrowed(entry.code) }
    }
}

/// What two spellings of one name have in common: lower case, no spaces, dashes, dots or underscores, and Hangul taken
/// apart into its letters. The last makes a text that macOS has decomposed equal to a composed one, and makes one
/// wrong vowel a small difference rather than a whole wrong syllable.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() * 3);
    for char in text.chars().filter(|char| !char.is_whitespace() && !matches!(char, '-' | '_' | '.')) {
        match u32::from(char).checked_sub(0xAC00).filter(|index| *index < 11_172) {
            Some(index) => {
                let tail = index % 28;
                let letters = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + tail];
                let count = if tail == 0 { 2 } else { 3 };
                folded.extend(letters.into_iter().take(count).filter_map(char::from_u32));
            }
            None => folded.extend(char.to_lowercase()),
        }
    }
    folded
}

/// The closest banks, best first: at most three, and none that is not close at all. Hangul is answered in Korean and
/// anything else in English; both can be handed to [`Bank::find`] as they are.
fn closest(typed: &str) -> Vec<String> {
    /// Below this, two names share letters by chance: found by trying the typing errors in the tests.
    const CLOSE: f64 = 0.75;
    let bare = |text: &str| {
        // Every second name ends in "은행", so it would make all of them look alike.
        let folded = fold(text);
        let trimmed = folded.trim_end_matches(&fold("은행")).trim_end_matches("bank");
        if trimmed.is_empty() { folded.clone() } else { trimmed.to_owned() }
    };
    let typed_bare = bare(typed);
    let mut scored: Vec<(f64, &Entry)> = BANKS
        .iter()
        .map(|entry| {
            let score = |name| strsim::jaro_winkler(&typed_bare, &bare(name));
            (entry.all_names().map(score).fold(0.0, f64::max), entry)
        })
        .filter(|(score, _)| *score >= CLOSE)
        .collect();
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let korean = !typed.is_ascii();
    let name = |entry: &Entry| if korean { entry.korean } else { entry.english }.to_owned();
    scored.into_iter().take(3).map(|(_, entry)| name(entry)).collect()
}

#[cfg(test)]
mod tests;
