//! Prints quality and all eight PDQ hashes of pictures in binary PPM, to be held against another implementation's.
//!
//! `convert picture.jpg picture.ppm && cargo run --release -p cordon-detect --example pdq_of_ppm -- picture.ppm`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a measurement")]

use cordon_detect::banks::hash::{Dihedral, Luma, PdqHasher};
use std::time::Instant;

fn main() {
    let hasher = PdqHasher::default();
    for path in std::env::args().skip(1) {
        let image =
            read_ppm(&std::fs::read(&path).expect("a file")).expect("a binary PPM of 8 bits a colour");
        let start = Instant::now();
        let Some(hashed) = hasher.hash(image) else {
            println!("{path}: too small");
            continue;
        };
        println!("{path}: quality {}, {} µs", hashed.quality, start.elapsed().as_micros());
        for (form, hash) in Dihedral::ALL.iter().zip(hashed.forms) {
            println!("  {hash} {}", form.name());
        }
    }
}

/// Head: `P6`, columns, rows and 255, with blanks between; then three bytes a pixel.
fn read_ppm(bytes: &[u8]) -> Option<Luma> {
    let mut at = 0;
    let mut word = || {
        let blank = |byte: &u8| byte.is_ascii_whitespace();
        at += bytes[at..].iter().take_while(|byte| blank(byte)).count();
        let length = bytes[at..].iter().take_while(|byte| !blank(byte)).count();
        at += length;
        std::str::from_utf8(&bytes[at - length..at]).ok()
    };
    let (mark, columns, _rows, most) = (word()?, word()?.parse().ok()?, word()?, word()?);
    if (mark, most) != ("P6", "255") {
        return None;
    }
    let pixels = bytes[at + 1..].chunks_exact(3).map(|pixel| Luma::of_rgb(pixel[0], pixel[1], pixel[2]));
    Luma::new(columns, pixels.collect())
}
