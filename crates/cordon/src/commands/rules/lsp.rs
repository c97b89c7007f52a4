//! `cordon rules lsp`: the language server protocol over standard input and output.
//!
//! The one design decision: every answer is made anew from the files on disk with those that are open laid over them;
//! a rule set is checked in milliseconds, so nothing is kept that could be stale.

mod text;

use super::read_files;
use crate::exit::Exit;
use anyhow::{Context, Result, bail};
use cordon_rules::{Diagnostic, FunctionHelp, Outlined, Program, Severity, Sources, StatementKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use text::{Place, called_function, path_of, uri_of, utf16, word_at};

/// Longest message taken.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Codes of the protocol's errors.
const METHOD_NOT_FOUND: i64 = -32_601;
/// Kinds of completions, as the protocol numbers them.
const KIND_FUNCTION: u8 = 3;
const KIND_FIELD: u8 = 5;
const KIND_VARIABLE: u8 = 6;

/// Serves one editor until it says goodbye.
pub(super) fn run(dir: Option<&Path>) -> Result<Exit> {
    let root = dir.map(|dir| dir.canonicalize().with_context(|| format!("{} cannot be read", dir.display())));
    let mut server = Server { root: root.transpose()?, open: BTreeMap::new(), told: BTreeSet::new() };
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    while let Some(message) = next_message(&mut input)? {
        if field(&message, "/method") == "exit" {
            break;
        }
        for answer in server.answer(&message) {
            let text = answer.to_string();
            write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        }
        output.flush()?;
    }
    Ok(Exit::Clean)
}

fn next_message(input: &mut impl BufRead) -> Result<Option<Value>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.by_ref().take(1 << 12).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let Some(length) = length.filter(|length| *length <= MESSAGE_BYTES_MAX) else {
        bail!("a message without a Content-Length up to {MESSAGE_BYTES_MAX} came in: is this an editor?");
    };
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).context("a message is no JSON")
}

struct Server {
    root: Option<PathBuf>,
    /// Texts of open files.
    open: BTreeMap<PathBuf, String>,
    /// Files that were said to have mistakes.
    told: BTreeSet<String>,
}

impl Server {
    /// What is to be sent for a message.
    fn answer(&mut self, message: &Value) -> Vec<Value> {
        let (id, params) = (field(message, "/id"), field(message, "/params"));
        let result = match field(message, "/method").as_str().unwrap_or_default() {
            "initialize" => self.initialize(params),
            "shutdown" => Value::Null,
            "textDocument/hover" => self.at(params).map_or(Value::Null, |place| self.hover(&place)),
            "textDocument/definition" => self.at(params).map_or(Value::Null, |place| self.definition(&place)),
            "textDocument/completion" => self.at(params).map_or(Value::Null, |place| self.completion(&place)),
            "textDocument/didOpen" => {
                return self.changed(params, field(params, "/textDocument/text").as_str());
            }
            "textDocument/didChange" => {
                let last = field(params, "/contentChanges").as_array().and_then(|changes| changes.last());
                return self.changed(params, last.and_then(|change| field(change, "/text").as_str()));
            }
            "textDocument/didClose" => return self.changed(params, None),
            "textDocument/didSave" => return self.publish(),
            _ if id.is_null() => return Vec::new(),
            other => {
                let text = format!("`{other}` is not offered");
                return vec![
                    json!({"jsonrpc": "2.0", "id": id, "error": {"code": METHOD_NOT_FOUND, "message": text}}),
                ];
            }
        };
        if id.is_null() {
            return Vec::new();
        }
        vec![json!({"jsonrpc": "2.0", "id": id, "result": result})]
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let given = field(params, "/rootUri").as_str().and_then(path_of);
        if self.root.is_none() {
            self.root = given.filter(|root| root.join("main.sml").is_file());
        }
        json!({
            "capabilities": {
                "textDocumentSync": 1, "hoverProvider": true, "definitionProvider": true,
                "completionProvider": {"triggerCharacters": ["(", ","]},
            },
            "serverInfo": {"name": "cordon rules lsp", "version": env!("CARGO_PKG_VERSION")},
        })
    }

    fn changed(&mut self, params: &Value, text: Option<&str>) -> Vec<Value> {
        let Some(path) = field(params, "/textDocument/uri").as_str().and_then(path_of) else {
            return Vec::new();
        };
        if self.root.is_none() {
            let above = path.ancestors().skip(1).find(|folder| folder.join("main.sml").is_file());
            self.root = above.or(path.parent()).map(Path::to_owned);
        }
        match text {
            Some(text) => self.open.insert(path, text.to_owned()),
            None => self.open.remove(&path),
        };
        self.publish()
    }

    /// The files of the set, those that are open as the editor has them.
    fn texts(&self) -> BTreeMap<String, String> {
        let Some(root) = &self.root else { return BTreeMap::new() };
        let files = read_files(root, Sources::wants).unwrap_or_default();
        let mut texts: BTreeMap<String, String> = files
            .into_iter()
            .filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)))
            .collect();
        for (path, text) in &self.open {
            if let Ok(name) = path.strip_prefix(root) {
                texts.insert(name.to_string_lossy().replace('\\', "/"), text.clone());
            }
        }
        texts
    }

    fn uri(&self, path: &str) -> String {
        uri_of(&self.root.clone().unwrap_or_default().join(path))
    }

    /// Every file's mistakes; files that have none any more are told so.
    fn publish(&mut self) -> Vec<Value> {
        let texts = self.texts();
        let found = match Program::load(&sources(&texts)) {
            Ok(program) => program.warnings().to_vec(),
            Err(found) => found,
        };
        let mut by_file: BTreeMap<String, Vec<Value>> =
            self.told.iter().map(|path| (path.clone(), Vec::new())).collect();
        for one in &found {
            let text = texts.get(&one.path).map_or("", String::as_str);
            by_file.entry(one.path.clone()).or_default().push(as_diagnostic(one, text));
        }
        // A file that was opened hears that it is sound.
        for path in self.open.keys() {
            let name = self.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
            if let Some(name) = name {
                by_file.entry(name.to_string_lossy().replace('\\', "/")).or_default();
            }
        }
        self.told = found.into_iter().map(|one| one.path).collect();
        let send = |(path, diagnostics): (String, Vec<Value>)| {
            json!({"jsonrpc": "2.0", "method": "textDocument/publishDiagnostics",
                "params": {"uri": self.uri(&path), "diagnostics": diagnostics}})
        };
        by_file.into_iter().map(send).collect()
    }

    /// The place that a request names.
    fn at(&self, params: &Value) -> Option<Place> {
        let path = path_of(field(params, "/textDocument/uri").as_str()?)?;
        let name = path.strip_prefix(self.root.as_ref()?).ok()?.to_string_lossy().replace('\\', "/");
        let text = self.texts().remove(&name)?;
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        Place::new(
            name,
            text,
            number(field(params, "/position/line"))?,
            number(field(params, "/position/character"))?,
        )
    }

    fn outline(&self) -> Vec<Outlined> {
        cordon_rules::outline(&sources(&self.texts()))
    }

    /// What a name in a file means.
    fn defined(&self, place: &Place, word: &str) -> Option<Outlined> {
        let means = |one: &Outlined| {
            let is_seen = !one.is_local() || one.path == place.path;
            one.kind != StatementKind::Call && one.name == word && is_seen
        };
        self.outline().into_iter().find(means)
    }

    fn hover(&self, place: &Place) -> Value {
        let Some(word) = word_at(place) else { return Value::Null };
        let functions = cordon_rules::functions();
        let mut told: Vec<String> =
            functions.iter().filter(|function| function.name == word).map(help).collect();
        if told.is_empty() {
            let Some(one) = self.defined(place, &word) else { return Value::Null };
            told.push(format!("```python\n{}\n```\n{}:{}", one.source, one.path, one.line));
        }
        json!({"contents": {"kind": "markdown", "value": told.join("\n\n---\n\n")}})
    }

    fn definition(&self, place: &Place) -> Value {
        let Some(one) = word_at(place).and_then(|word| self.defined(place, &word)) else {
            return Value::Null;
        };
        let texts = self.texts();
        let text = texts.get(&one.path).map_or("", String::as_str);
        json!({"uri": self.uri(&one.path), "range": range(text, one.line, one.column, one.column_end)})
    }

    fn completion(&self, place: &Place) -> Value {
        let item = |label: &str, kind: u8, detail: &str, documentation: &str| json!({"label": label, "kind": kind, "detail": detail, "documentation": documentation});
        let functions = cordon_rules::functions();
        let mut items = Vec::new();
        if let Some(name) = called_function(place) {
            for function in functions.iter().filter(|function| function.name == name) {
                for parameter in parameters(function.signature) {
                    let name = parameter.split(':').next().unwrap_or_default();
                    items.push(item(&format!("{name}="), KIND_FIELD, parameter, ""));
                }
            }
        }
        for function in &functions {
            items.push(item(function.name, KIND_FUNCTION, function.signature, function.about));
        }
        for one in self.outline() {
            let is_seen = !one.is_local() || one.path == place.path;
            if one.kind != StatementKind::Call && is_seen {
                items.push(item(&one.name, KIND_VARIABLE, &one.path, &one.source));
            }
        }
        json!(items)
    }
}

/// What stands at a pointer; null where nothing does.
fn field<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn sources(texts: &BTreeMap<String, String>) -> Sources {
    texts.iter().fold(Sources::new(), |sources, (path, text)| sources.with(path, text))
}

fn help(function: &FunctionHelp) -> String {
    let FunctionHelp { signature, about, example, .. } = function;
    format!("```python\n{signature}\n```\n{about}\n```python\n{example}\n```")
}

/// The parameters of a signature, each with its type.
fn parameters(signature: &str) -> Vec<&str> {
    let inside =
        signature.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(it, _)| it);
    let mut depth = 0;
    let mut split = |letter: char| {
        depth += i32::from(letter == '[') - i32::from(letter == ']');
        letter == ',' && depth == 0
    };
    inside.split(&mut split).map(str::trim).filter(|part| part.contains(':')).collect()
}

fn range(text: &str, line: u32, column: u32, column_end: u32) -> Value {
    let number = line.saturating_sub(1);
    let source = text.split('\n').nth(number as usize).unwrap_or("");
    let at =
        |column: u32| json!({"line": number, "character": utf16(source, column.saturating_sub(1) as usize)});
    json!({"start": at(column), "end": at(column_end)})
}

fn as_diagnostic(one: &Diagnostic, text: &str) -> Value {
    let message =
        if one.hint.is_empty() { one.message.clone() } else { format!("{}\n{}", one.message, one.hint) };
    let severity = match one.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
    };
    json!({"range": range(text, one.line, one.column, one.column_end), "severity": severity, "code": one.code,
        "source": "cordon", "message": message})
}
