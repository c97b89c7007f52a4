//! GraphML, which Gephi, yEd, Cytoscape and networkx read.

use super::LinkGraph;
use std::io::{self, Write};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="label" for="node" attr.name="label" attr.type="string"/>
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="seed" for="node" attr.name="is_seed" attr.type="boolean"/>
<key id="accounts" for="node" attr.name="accounts" attr.type="int"/>
<key id="bits" for="edge" attr.name="bits" attr.type="double"/>
<graph edgedefault="undirected">"#;

/// Writes the graph: accounts and entities as nodes, links with the bits of their entity.
pub(super) fn write(graph: &LinkGraph, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEAD}")?;
    for (place, (id, is_seed)) in graph.accounts.iter().enumerate() {
        let (label, seed) = (data("label", &escaped(id)), data("seed", &is_seed.to_string()));
        writeln!(out, "<node id=\"a{place}\">{label}{}{seed}</node>", data("kind", "account"))?;
    }
    for (place, entity) in graph.entities.iter().enumerate() {
        let (label, kind) = (data("label", &escaped(&entity.value)), data("kind", &escaped(&entity.kind)));
        let accounts = data("accounts", &entity.accounts.to_string());
        writeln!(out, "<node id=\"e{place}\">{label}{kind}{accounts}</node>")?;
    }
    for (account, entity) in &graph.links {
        let bits = graph.entities.get(*entity).map_or(0.0, |node| node.bits);
        let bits = data("bits", &format!("{bits:.3}"));
        writeln!(out, "<edge source=\"a{account}\" target=\"e{entity}\">{bits}</edge>")?;
    }
    writeln!(out, "</graph>\n</graphml>")
}

fn data(key: &str, value: &str) -> String {
    format!("<data key=\"{key}\">{value}</data>")
}

/// Text as XML holds it; characters that XML cannot hold go.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
