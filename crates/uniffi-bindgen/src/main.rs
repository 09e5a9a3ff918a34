//! Generates the language packages' code. A crate of its own, so that what only the generator needs stays out of the
//! library, and so that both are always of one version.

fn main() {
    uniffi::uniffi_bindgen_main();
}
