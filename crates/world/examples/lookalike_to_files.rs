//! Writes the invented data set of similar accounts into a folder:
//! `cargo run -p cordon-world --example lookalike_to_files -- FOLDER`

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    cordon_world::lookalike::write(std::path::Path::new(&folder))
}
