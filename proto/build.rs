//! Compiles the contract, and keeps its descriptor set for reflection and for the tests.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a build script fails by panicking, and cargo speaks to it by the environment"
)]
use std::{env, fs, path::PathBuf};

fn protos(dir: &PathBuf, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the proto folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            protos(&path, found);
        } else if path.extension().is_some_and(|e| e == "proto") {
            found.push(path);
        }
    }
}

fn main() {
    println!("cargo:rerun-if-changed=huiying");
    let mut files = Vec::new();
    protos(&PathBuf::from("huiying"), &mut files);
    files.sort();
    let mut compiler = protox::Compiler::new(["."]).expect("the include folder exists");
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files).unwrap_or_else(|e| panic!("{e:?}"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set()).expect("OUT_DIR can be written");
    let mut config = prost_build::Config::new();
    config.enable_type_names();
    // Of a ledger much is passed on as it is: copies of it share one memory.
    config.bytes([".huiying.event.v1.SealedRecord.record", ".huiying.event.v1.Event.payload"]);
    tonic_prost_build::configure().compile_fds_with_config(compiler.file_descriptor_set(), config).expect("the contract compiles");
}
