//! `bootpay banks`.

use bootpay_core::{Bank, Language};
use serde_json::{Value, json};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{sheet, words};

#[expect(clippy::unnecessary_wraps, reason = "every command has this form")]
pub(crate) fn run(console: &Console) -> Result<Exit, Failure> {
    if console.json {
        let banks: Vec<Value> = Bank::all()
            .map(|bank| json!({ "code": bank.code(), "name": bank.name(), "english_name": bank.english_name() }))
            .collect();
        console.object(&json!({ "banks": banks }));
        return Ok(Exit::Done);
    }
    let mut headings = [console.word(words::CODE), console.word(words::BANK), console.word(words::ENGLISH_NAME)];
    let mut rows: Vec<Vec<String>> = Bank::all()
        .map(|bank| {
            let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
            vec![bank.code().to_owned(), text(bank.name()), text(bank.english_name())]
        })
        .collect();
    if console.language == Language::English {
        headings.swap(1, 2);
        rows.iter_mut().for_each(|row| row.swap(1, 2));
    }
    console.tell(&sheet::table(&headings, &rows));
    Ok(Exit::Done)
}
