//! `huiying certs` and `huiying secrets`: what the containers of a county show each other, made where none is given.
//!
//! A folder for each holder, with `certificate.pem`, `key.pem`, `authority.pem` and, for programs that want one file, `bundle.pem`.
//! The authority is made once and kept; the others are made anew at every call, and taken up by what runs.

use std::{
    fs,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use chassis::{
    clock::civil_day,
    token::{Issuer, generate_keys},
};
use huiying_proto::directory::Role;
use jiff::{Timestamp, ToSpan, civil::Date};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer as Authority, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::{Failure, compose::SERVICES};

/// Who holds a certificate beside the services: the way in, the store and its copy, the people who run it, what reads the figures.
const OTHERS: [&str; 5] = ["edge", "postgres", "standby", "operator", "telemetry"];
const AUTHORITY_YEARS: i32 = 10;
/// Of the services' own token.
const TOKEN_DAYS: i64 = 3650;

/// Makes certificates for every holder; that of the edge for some host names besides.
///
/// # Errors
/// When a file cannot be read or written, or a host name is none.
pub fn certs(out: &Path, hosts: &[String], days: u16, now: Timestamp) -> Result<(), Failure> {
    let today = civil_day(now);
    let authority = authority(out, today)?;
    for holder in SERVICES.iter().map(|(name, ..)| *name).chain(OTHERS) {
        let mut names = vec![holder.to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()];
        match holder {
            "edge" => names.extend(hosts.iter().cloned()),
            // It stands in for the store once it is promoted.
            "standby" => names.push("postgres".to_owned()),
            _ => {}
        }
        let key = KeyPair::generate().map_err(Failure::new)?;
        let mut params = CertificateParams::new(names).map_err(Failure::new)?;
        params.distinguished_name = named(holder);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        valid(&mut params, today, today.checked_add(i32::from(days).days()).map_err(Failure::new)?)?;
        let certificate = params.signed_by(&key, &authority.issuer).map_err(Failure::new)?.pem();
        let folder = out.join(holder);
        write(&folder.join("authority.pem"), &authority.certificate)?;
        write(&folder.join("bundle.pem"), &format!("{certificate}{}", key.serialize_pem()))?;
        write(&folder.join("key.pem"), &key.serialize_pem())?;
        write(&folder.join("certificate.pem"), &certificate)?;
    }
    Ok(())
}

/// Makes what a new deployment lacks, and leaves what there is: certificates, the keys that sign tokens and checkpoints, the
/// services' token, the key of the digests that tell letter-writers apart, the key of the backups.
///
/// # Errors
/// When a file cannot be read or written.
pub fn secrets(out: &Path, hosts: &[String], days: u16, issuer: &str, now: Timestamp) -> Result<(), Failure> {
    // The last that `certs` writes.
    if !out.join("telemetry/certificate.pem").exists() {
        certs(out, hosts, days, now)?;
    }
    let (key, public) = (out.join("issuer/issuer.key"), out.join("issuer/issuer.pub"));
    if !key.exists() {
        let (private, published) = generate_keys()?;
        // What is looked for is written last: a run that was cut off begins anew.
        write(&public, &published)?;
        write(&key, &private)?;
    }
    let signer = Issuer::from_pem(issuer, &read(&key)?)?;
    let shared = out.join("shared");
    if !shared.join("service.jwt").exists() {
        write(&shared.join("issuer.pub"), &read(&public)?)?;
        write(&shared.join("service.jwt"), &signer.service(issuer, &[Role::System], now, TOKEN_DAYS * 86_400)?)?;
    }
    if !shared.join("writer.key").exists() {
        write(&shared.join("writer.key"), &hex::encode(rand::random::<[u8; 32]>()))?;
    }
    for store in ["postgres", "standby"] {
        let backup_key = out.join("postgres/backup.key");
        if !backup_key.exists() {
            write(&backup_key, &hex::encode(rand::random::<[u8; 32]>()))?;
        }
        if !out.join(store).join("backup.key").exists() {
            write(&out.join(store).join("backup.key"), &read(&backup_key)?)?;
        }
    }
    if !shared.join("checkpoint.key").exists() {
        write(&shared.join("checkpoint.key"), &generate_keys()?.0)?;
    }
    Ok(())
}

struct HouseAuthority {
    issuer: Authority<'static, KeyPair>,
    certificate: String,
}

/// The authority of the house, made at the first call.
fn authority(out: &Path, today: Date) -> Result<HouseAuthority, Failure> {
    let (key_file, file) = (out.join("authority/authority.key"), out.join("authority/authority.pem"));
    if file.exists() {
        let (key, certificate) = (KeyPair::from_pem(&read(&key_file)?).map_err(Failure::new)?, read(&file)?);
        return Ok(HouseAuthority { issuer: Authority::from_ca_cert_pem(&certificate, key).map_err(Failure::new)?, certificate });
    }
    let key = KeyPair::generate().map_err(Failure::new)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = named("huiying authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, today, today.checked_add(AUTHORITY_YEARS.years()).map_err(Failure::new)?)?;
    let certificate = params.self_signed(&key).map_err(Failure::new)?.pem();
    write(&key_file, &key.serialize_pem())?;
    write(&file, &certificate)?;
    Ok(HouseAuthority { issuer: Authority::new(params, key), certificate })
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

/// From the day before on: a machine whose clock is a little late takes it all the same.
fn valid(params: &mut CertificateParams, today: Date, end: Date) -> Result<(), Failure> {
    let part = |value: i8| u8::try_from(value).map_err(Failure::new);
    let begin = today.yesterday().map_err(Failure::new)?;
    params.not_before = date_time_ymd(begin.year().into(), part(begin.month())?, part(begin.day())?);
    params.not_after = date_time_ymd(end.year().into(), part(end.month())?, part(end.day())?);
    Ok(())
}

fn read(file: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure(format!("读不到 {}: {error}", file.display())))
}

/// Writes a file that its owner alone may read, whole or not at all.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure(format!("写不了 {}: {error}", file.display()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let new = file.with_extension("new");
    let mut opened = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new).map_err(fail)?;
    std::io::Write::write_all(&mut opened, text.as_bytes()).and_then(|()| opened.sync_all()).map_err(fail)?;
    fs::rename(&new, file).map_err(fail)
}
