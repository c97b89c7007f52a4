//! `cordon rules`: check, run, docs.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn cordon(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cordon"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn rule_set(folder: &Path, text: &str) -> String {
    std::fs::write(folder.join("main.sml"), text).unwrap();
    folder.to_string_lossy().into_owned()
}

#[test]
fn a_sound_set_checks_clean_and_answers_each_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Length = StringLength(s=Text)\n";
    let dir = rule_set(folder.path(), &format!("Text: str = JsonData(path='$.text')\n{text}"));
    let checked = cordon(&["rules", "check", &dir], "");
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stderr));
    let ran = cordon(&["rules", "run", &dir], "{\"text\": \"abc\"}\nnot json\n{}\n");
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("line 2: event is not valid JSON"));
    let answers: Vec<Value> = ran
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["features"], serde_json::json!({"Text": "abc", "Length": 3}));
    assert_eq!(answers[1]["errors"][0]["path"], "main.sml");
}

#[test]
fn mistakes_are_shown_to_people_and_as_sarif() {
    let folder = tempfile::tempdir().unwrap();
    let dir = rule_set(folder.path(), "A = Nope\nB = 1 + 'x'\n");
    let checked = cordon(&["rules", "check", &dir], "");
    assert_eq!(checked.status.code(), Some(2));
    let text = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(text.contains("main.sml:1:5") && text.contains("main.sml:2:5"), "{text}");
    let sarif = cordon(&["rules", "check", &dir, "--json"], "");
    let sarif: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
}

#[test]
fn a_folder_that_is_none_could_not_run() {
    let ran = cordon(&["rules", "check", "no-such-folder"], "");
    assert_eq!(ran.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("no-such-folder is not a folder"));
}
