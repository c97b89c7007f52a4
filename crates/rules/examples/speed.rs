//! Prints what an event costs, JSON parsing included: `speed DIR EVENTS [COPIES]`.
//!
//! COPIES of the set's rules under other names show how the cost grows with their number.

use cordon_rules::{Action, Clock, Document, Program, Sources};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(dir), Some(events)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: speed DIR EVENTS [COPIES]".into());
    };
    let copies: usize = arguments.get(2).map_or(Ok(1), |text| text.parse())?;
    let main = std::fs::read_to_string(format!("{dir}/main.sml"))?;
    let mut sources = Sources::new();
    sources.add("config.yaml", std::fs::read(format!("{dir}/config.yaml"))?);
    sources.add("main.sml", copied(&main, copies));
    let program = Program::load(&sources)
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let text = std::fs::read(events)?;
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let pass = |evaluates: bool| -> Result<f64, Box<dyn std::error::Error>> {
        let start = Instant::now();
        for line in &lines {
            let document = Document::parse(line)?;
            if evaluates {
                let action = Action { id: 1, name: "event", time: 0, data: &document, secret_data: None };
                std::hint::black_box(program.evaluate(action, &mut Clock(0)).verdicts().len());
            } else {
                std::hint::black_box(&document);
            }
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / lines.len() as f64)
    };
    let (mut parse, mut whole) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..20 {
        parse = parse.min(pass(false)?);
        whole = whole.min(pass(true)?);
    }
    let size = program.size();
    println!(
        "{} rules, {} nodes: {whole:.2} µs an event, of which JSON {parse:.2} µs ({} events, best of 20)",
        size.rules,
        size.nodes,
        lines.len()
    );
    Ok(())
}

/// The rules again under other names, with other numbers in them, so that they are not one and the same.
fn copied(main: &str, copies: usize) -> String {
    let mut text = main.to_owned();
    for copy in 1..copies {
        for line in main.lines().filter(|line| line.contains(" = Rule(")) {
            let Some((name, rest)) = line.split_once(" = ") else { continue };
            let rest =
                rest.replace(" < ", &format!(" < {copy} + ")).replace(" >= ", &format!(" >= {copy} + "));
            let rest = rest
                .replace(" > ", &format!(" > {copy} + "))
                .replace("pattern='", &format!("pattern='(?:x{copy})?"));
            let rest =
                rest.replace(&format!("pattern='(?:x{copy})?(?i)"), &format!("pattern='(?i)(?:x{copy})?"));
            text.push_str(&format!("\n{name}{copy} = {rest}"));
        }
    }
    text
}
