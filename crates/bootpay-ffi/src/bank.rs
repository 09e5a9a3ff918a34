//! Banks: where a virtual-account refund goes.

use crate::error::BootpayError;

/// A Korean bank, known by its three-digit code.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Bank {
    /// What Bootpay is sent.
    pub code: String,
    /// The Korean name.
    pub name: String,
    /// The English name.
    pub english_name: String,
    /// Other names that are understood.
    pub aliases: Vec<String>,
    /// Who says that the code is this bank's.
    pub source: BankSource,
}

/// Who says that a code is a bank's.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum BankSource {
    /// Bootpay's official SDKs.
    OfficialSdk,
    /// Bootpay's newer notes.
    BootpayNotes,
    /// The general clearing codes of Korean banks: Bootpay may refuse it.
    ClearingCode,
}

/// Every bank that is known, by code.
#[uniffi::export]
pub fn banks() -> Vec<Bank> {
    bootpay_core::Bank::all().map(Bank::from).collect()
}

/// Finds a bank by its code, its Korean name, or a usual short or English name. Nothing is guessed: money sent to a
/// wrong bank is lost.
#[uniffi::export]
pub fn find_bank(bank: String) -> Result<Bank, BootpayError> {
    Ok(bootpay_core::Bank::find(&bank).map_err(bootpay_core::BootpayError::from)?.into())
}

impl From<bootpay_core::Bank> for Bank {
    fn from(bank: bootpay_core::Bank) -> Self {
        Self {
            code: bank.code().to_owned(),
            name: bank.name().unwrap_or_default().to_owned(),
            english_name: bank.english_name().unwrap_or_default().to_owned(),
            aliases: bank.aliases().iter().map(|&alias| alias.to_owned()).collect(),
            source: match bank.source() {
                Some(bootpay_core::BankSource::OfficialSdk) => BankSource::OfficialSdk,
                Some(bootpay_core::BankSource::BootpayNotes) => BankSource::BootpayNotes,
                _ => BankSource::ClearingCode,
            },
        }
    }
}
