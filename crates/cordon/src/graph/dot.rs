//! Graphviz.

use super::LinkGraph;
use std::io::{self, Write};

/// Writes the graph for `dot`, `neato` or `sfdp`.
pub(super) fn write(graph: &LinkGraph, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "graph cordon {{\n  overlap=false; outputorder=edgesfirst;\n  node [fontsize=10];")?;
    for (place, (id, is_seed)) in graph.accounts.iter().enumerate() {
        let mark = if *is_seed { ", style=filled, fillcolor=\"#ffd7a8\"" } else { "" };
        writeln!(out, "  a{place} [shape=ellipse, label={}{mark}];", quoted(id))?;
    }
    for (place, entity) in graph.entities.iter().enumerate() {
        let label = format!("{}: {}\n{} accounts", entity.kind, entity.value, entity.accounts);
        writeln!(out, "  e{place} [shape=box, color=\"#909090\", label={}];", quoted(&label))?;
    }
    for (account, entity) in &graph.links {
        let bits = graph.entities.get(*entity).map_or(0.0, |node| node.bits);
        let (width, ink) = (0.5 + bits / 5.0, (40.0 + 18.2 * bits).min(204.0) as u8);
        writeln!(out, "  a{account} -- e{entity} [penwidth={width:.2}, color=\"#303030{ink:02x}\"];")?;
    }
    writeln!(out, "}}")
}

/// Text as Graphviz reads it; characters that would disturb it go.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
