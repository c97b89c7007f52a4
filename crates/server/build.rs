//! Embeds the console as `make console` left it in `console/dist/site`; without it, an empty list.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let built = folder.join("../../console/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", built.display());
    let site = built.join("site");
    let mut files = Vec::new();
    if site.is_dir() {
        list_files(&site.canonicalize()?, &mut files)?;
    }
    files.sort();
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("assets.rs"), assets(&built.join("site"), &files)?)
}

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension != "br" && extension != "gz") {
            files.push(path);
        }
    }
    Ok(())
}

/// The list as Rust: one `Asset` a file, with what was compressed beside it.
fn assets(site: &Path, files: &[PathBuf]) -> io::Result<String> {
    let mut text = String::from("&[\n");
    for file in files {
        let root = site.canonicalize()?;
        let path = file.strip_prefix(&root).map_err(io::Error::other)?;
        let line = writeln!(
            text,
            "Asset {{ path: {:?}, etag: \"\\\"{:016x}\\\"\", plain: include_bytes!({:?}), brotli: {}, gzip: {} }},",
            format!("/{}", path.display()),
            fingerprint(&fs::read(file)?),
            file,
            beside(file, "br"),
            beside(file, "gz"),
        );
        line.map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    Ok(text)
}

fn beside(file: &Path, encoding: &str) -> String {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{encoding}"));
    let path = PathBuf::from(name);
    if path.is_file() { format!("Some(include_bytes!({path:?}))") } else { "None".to_owned() }
}

/// FNV-1a: tells one build from another, nothing more.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
