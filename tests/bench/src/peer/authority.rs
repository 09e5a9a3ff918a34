//! A certificate authority of a few minutes' life, and the server's certificate from it.

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a TLS server on this machine needs, and what its clients must trust.
#[derive(Debug)]
pub struct Authority {
    /// The authority's own certificate, for clients.
    pub pem: String,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Authority {
    /// Makes an authority, and a certificate for `localhost` and `127.0.0.1`, all on P-256 as most servers have it.
    ///
    /// # Errors
    /// Where there are no random numbers.
    pub fn new() -> Result<Self> {
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "Authority of a bench");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let root_key = KeyPair::generate().context("the authority's key")?;
        let pem = root.self_signed(&root_key).context("the authority's certificate")?.pem();

        let mut leaf = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        // Some verifiers refuse what is valid for longer than 825 days; rcgen's own default is two thousand years.
        for params in [&mut root, &mut leaf] {
            params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        }
        let leaf_key = KeyPair::generate().context("the server's key")?;
        let issuer = Issuer::from_params(&root, &root_key);
        let certificate = leaf.signed_by(&leaf_key, &issuer).context("the server's certificate")?;
        let key = PrivateKeyDer::try_from(leaf_key.serialize_der()).map_err(anyhow::Error::msg)?;
        Ok(Self { pem, chain: vec![certificate.der().clone()], key })
    }
}
