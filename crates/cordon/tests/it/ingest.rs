//! `cordon ingest`: what is taken, what is refused, and how it says so.

use crate::support::{Folder, code, last_json, real_data, skip, text};
use cordon_enforce::ports::CaseDesk;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, OperatorId};
use serde_json::json;
use std::io::Write;
use std::process::Stdio;

fn post(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"post.created","time":"2016-02-05T10:00:00Z","account":{{"id":"a"}},"post":{{"text":"word {id}"}}}}"#
    )
}

fn posts(count: usize) -> String {
    (0..count).map(|n| post(&format!("p{n}")) + "\n").collect()
}

fn rejects(folder: &Folder) -> Vec<(u64, String)> {
    let text = std::fs::read_to_string(folder.data().join("rejects.ndjson")).unwrap_or_default();
    let of = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    text.lines()
        .map(of)
        .map(|row| (row["line"].as_u64().unwrap(), row["code"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn an_empty_file_is_taken_as_nothing() {
    let folder = Folder::new();
    let file = folder.write("empty.ndjson", "");
    assert_eq!(folder.json(["ingest", text(&file)]), json!({"accepted":0,"duplicates":0,"rejected":0}));
}

#[test]
fn plain_gzip_zstd_and_standard_input_hold_the_same_events() {
    let folder = Folder::new();
    let plain = folder.write("posts.ndjson", posts(5_000));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(posts(5_000).as_bytes()).unwrap();
    let gz = folder.write("posts.ndjson.gz", gz.finish().unwrap());
    let zst = folder.write("posts.ndjson.zst", zstd::encode_all(posts(5_000).as_bytes(), 1).unwrap());
    assert_eq!(folder.json(["ingest", text(&plain)])["accepted"], 5_000);
    for file in [gz, zst] {
        assert_eq!(
            folder.json(["ingest", text(&file)]),
            json!({"accepted":0,"duplicates":5_000,"rejected":0})
        );
    }
    let mut child = folder.command();
    let mut child =
        child.args(["--json", "ingest", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(posts(5_001).as_bytes()).unwrap();
    assert_eq!(
        last_json(&child.wait_with_output().unwrap()),
        json!({"accepted":1,"duplicates":5_000,"rejected":0})
    );
}

#[test]
fn refused_lines_are_named_and_the_rest_stands() {
    let folder = Folder::new();
    let too_long = format!(r#"{{"id":"long","text":"{}"}}"#, "x".repeat(1 << 20));
    let too_deep = format!(
        r#"{{"id":"deep","type":"x","time":"2016-02-05T10:00:00Z","x":{}{}}}"#,
        "[".repeat(40),
        "]".repeat(40)
    );
    let urls: Vec<String> = (0..300).map(|n| format!("\"https://x.example/{n}\"")).collect();
    let too_many = post("many").replace(r#""text":"word many""#, &format!(r#""urls":[{}]"#, urls.join(",")));
    let future = post("future").replace("2016-", "2999-");
    let lines = [
        post("1"),
        "not json".to_owned(),
        too_long,
        too_deep,
        too_many,
        post("1").replace("word 1", "other"),
        post("old").replace("2016-", "1989-"),
        post("soon").replace("2016-02-05T10:00:00Z", "soon"),
        future,
        post("1"),
    ];
    let file = folder.write("mixed.ndjson", lines.join("\n"));
    let output = folder.run(["ingest", "--json", text(&file)]);
    assert_eq!(code(&output), 2);
    assert_eq!(last_json(&output), json!({"accepted":2,"duplicates":1,"rejected":7}));
    let expected = [
        (2, "invalid_json"),
        (3, "too_long"),
        (4, "too_deep"),
        (5, "too_many"),
        (6, "id_conflict"),
        (7, "time_invalid"),
        (8, "time_invalid"),
    ];
    assert_eq!(rejects(&folder), expected.map(|(line, code)| (line, code.to_owned())));
}

#[test]
fn strict_stops_at_the_first_refusal_and_keeps_what_came_before() {
    let folder = Folder::new();
    let file = folder.write("mixed.ndjson", format!("{}not json\n{}", posts(3), post("after")));
    let output = folder.run(["ingest", "--json", "--strict", text(&file)]);
    assert_eq!((code(&output), last_json(&output)), (2, json!({"accepted":3,"duplicates":0,"rejected":1})));
}

#[test]
fn a_truncated_archive_and_binary_data_keep_what_came_before_and_name_the_byte() {
    let folder = Folder::new();
    let whole = zstd::encode_all(posts(20_000).as_bytes(), 1).unwrap();
    let cut = folder.write("cut.ndjson.zst", &whole[..whole.len() / 2]);
    let binary = folder.write("binary.ndjson", [posts(10).as_bytes(), &[0, 159, 146, 150], b"\n"].concat());
    let binary_at = format!("breaks off at byte {}:", posts(10).len());
    let cut_at = format!("breaks off near byte {}:", whole.len() / 2);
    for (file, least, place) in [(binary, 10, binary_at), (cut, 1_000, cut_at)] {
        let folder = Folder::new();
        let output = folder.run(["ingest", "--json", text(&file)]);
        assert_eq!(code(&output), 2, "{}", String::from_utf8_lossy(&output.stderr));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains(&place), "{message}");
        assert!(last_json(&output)["accepted"].as_u64().unwrap() >= least);
    }
}

#[test]
fn a_share_of_the_coordination_world_counts_once() {
    let folder = Folder::new();
    let rows = "object_id,account_id,content_id,timestamp_share\no1,a,c1,1623881091.0\no1,b,c2,1623881093\no1,a,c1,1623881091.0\n";
    let file = folder.write("shares.csv", rows);
    assert_eq!(folder.json(["ingest", text(&file)]), json!({"accepted":2,"duplicates":1,"rejected":0}));
    let stats = folder.json(["index", "stats"]);
    assert_eq!(stats["accounts"], 2);
}

#[test]
fn a_row_that_is_no_share_is_refused_by_what_it_lacks() {
    let folder = Folder::new();
    let rows = "object_id,account_id,content_id,timestamp_share\no1,a,c1,soon\no1,a\no1,b,c2,1623881093\n";
    let file = folder.write("shares.csv", rows);
    let output = folder.run(["ingest", "--json", text(&file)]);
    assert_eq!((code(&output), last_json(&output)["accepted"].as_u64()), (2, Some(1)));
    let expected = [(2, "time_invalid"), (3, "missing_field")];
    assert_eq!(rejects(&folder), expected.map(|(line, code)| (line, code.to_owned())));
    let list = std::fs::read_to_string(folder.data().join("rejects.ndjson")).unwrap();
    assert!(list.contains("`timestamp_share` must be Unix seconds"), "{list}");
    assert!(
        list.contains("a row has four values: object_id,account_id,content_id,timestamp_share"),
        "{list}"
    );
    assert!(!list.contains("RFC 3339") && !list.contains("`id`"), "a row has neither: {list}");
}

#[test]
fn a_run_without_refusals_leaves_no_list_of_an_earlier_one() {
    let folder = Folder::new();
    let bad = folder.write("bad.ndjson", "not json\n");
    let good = folder.write("good.ndjson", posts(1));
    let own = folder.path("own.ndjson");
    assert_eq!(code(&folder.run(["ingest", text(&bad)])), 2);
    assert_eq!(code(&folder.run(["ingest", "--rejects", text(&own), text(&bad)])), 2);
    assert!(own.exists() && !rejects(&folder).is_empty(), "a run leaves the other list alone");
    assert_eq!(code(&folder.run(["ingest", "--rejects", text(&own), text(&good)])), 0);
    assert!(!own.exists() && !rejects(&folder).is_empty());
    assert_eq!(code(&folder.run(["ingest", text(&good)])), 0);
    assert!(rejects(&folder).is_empty() && !folder.data().join("rejects.ndjson").exists());
}

#[test]
fn a_file_that_no_run_wrote_is_not_removed_as_a_list_of_refusals() {
    let folder = Folder::new();
    let good = folder.write("good.ndjson", posts(1));
    assert_eq!(code(&folder.run(["ingest", "--rejects", text(&good), text(&good)])), 0);
    assert!(good.exists());
}

#[test]
fn the_check_says_which_groups_can_be_fed_and_takes_nothing_in() {
    let folder = Folder::new();
    let file = folder.write("posts.ndjson", posts(10));
    let checked = folder.json(["ingest", "--check", text(&file)]);
    assert_eq!(checked["feeds"]["content"]["words"], 10);
    assert!(checked["feeds"].get("network").is_none());
    assert!(!folder.data().exists());
}

#[test]
fn a_second_process_on_the_folder_is_told_which_holds_it() {
    let folder = Folder::new();
    let mut holder = folder.command();
    let mut holder =
        holder.args(["ingest", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let lock = folder.data().join("lock");
    while std::fs::read_to_string(&lock).unwrap_or_default().trim().is_empty() {
        std::thread::yield_now();
    }
    let output = folder.run(["index", "stats"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(code(&output), 3);
    assert!(message.contains(&format!("process {}", holder.id())), "{message}");
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
}

#[test]
fn looking_into_a_mistyped_folder_makes_none_and_names_it() {
    let folder = Folder::new();
    for arguments in [&["index", "stats"][..], &["surface", "--seeds", "a"], &["timeline", "a"]] {
        let output = folder.command().args(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 3, "{arguments:?}");
        assert!(message.contains(text(&folder.data())) && message.contains("--data"), "{message}");
        assert!(!folder.data().exists(), "{arguments:?} made a folder");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_mend() {
    let folder = Folder::new();
    let file = folder.write("in-the-way", "a file, no folder");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cordon"));
    let output = command.arg("--data").arg(file.join("data")).args(["ingest", "-"]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(code(&output), 3);
    assert!(message.contains("in-the-way/data") && message.contains("--data"), "{message}");
}

#[test]
fn rejects_go_to_the_file_that_was_named_with_line_code_and_reason() {
    let folder = Folder::new();
    let file = folder.write("mixed.ndjson", format!("{}not json\n{{\"id\":\"e\"}}\n", posts(2)));
    let named = folder.path("refused.ndjson");
    let output = folder.run(["ingest", "--json", "--rejects", text(&named), text(&file)]);
    assert_eq!((code(&output), last_json(&output)["rejected"].clone()), (2, json!(2)));
    assert!(!folder.data().join("rejects.ndjson").exists());
    let rows = std::fs::read_to_string(&named).unwrap();
    let rows: Vec<serde_json::Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    for (row, (line, code)) in rows.iter().zip([(3, "invalid_json"), (4, "missing_field")]) {
        assert_eq!(
            (&row["file"], &row["line"], &row["code"]),
            (&json!(text(&file)), &json!(line), &json!(code))
        );
        assert!(row["reason"].as_str().unwrap().len() > 5, "{row}");
        assert_eq!(row.as_object().unwrap().len(), 4, "{row}");
    }
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_new_folder_starts_with_the_settings_that_were_named() {
    let folder = Folder::new();
    let event = r#"{"id":"l","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"session":{"ip":"192.0.2.1","device":"d"}}"#;
    let file = folder.write("log-in.ndjson", event);
    let settings =
        cordon_detect::settings::BUNDLED.replacen("path: session.device", "path: session.browser", 1);
    let settings = folder.write("own-links.yaml", settings);
    folder.json(["ingest", "--links", text(&settings), text(&file)]);
    assert_eq!(folder.json(["index", "stats"])["links"], 2, "address and network, but no device");
}

#[test]
fn wrong_usage_ends_with_one_and_help_with_nought() {
    let folder = Folder::new();
    assert_eq!(code(&folder.run(["ingest", "--no-such-option", "-"])), 1);
    assert_eq!(code(&folder.run(["ingest"])), 1);
    assert_eq!(code(&folder.run(["ingest", "--help"])), 0);
    assert_eq!(code(&folder.run(["--version"])), 0);
}

#[test]
fn a_file_in_the_place_of_a_folder_of_ours_is_named_and_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    let in_the_way = folder.data().join("journal");
    std::fs::write(&in_the_way, "a file, no folder").unwrap();
    let file = folder.write("posts.ndjson", posts(1));
    let output = folder.run(["ingest", text(&file)]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(code(&output), 3);
    assert!(message.contains(text(&in_the_way)), "{message}");
    assert_eq!(std::fs::read_to_string(&in_the_way).unwrap(), "a file, no folder");
}

/// cordon as somebody whom a folder's mode binds: root's tests run it as nobody, from where nobody can read it.
fn bound_by_modes(folder: &Folder) -> std::process::Command {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let root = folder.path("");
    if std::fs::metadata(&root).unwrap().uid() != 0 {
        return folder.command();
    }
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).unwrap();
    let binary = folder.path("cordon");
    std::fs::copy(env!("CARGO_BIN_EXE_cordon"), &binary).unwrap();
    let mut command = std::process::Command::new(binary);
    command.arg("--data").arg(folder.data()).uid(NOBODY).gid(NOBODY);
    command
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    let mode = |mode: u32| std::fs::set_permissions(folder.data(), std::fs::Permissions::from_mode(mode));
    mode(0o555).unwrap();
    let file = folder.write("posts.ndjson", posts(1));
    let output = bound_by_modes(&folder).args(["ingest", text(&file)]).output().unwrap();
    mode(0o755).unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(code(&output), 3, "{message}");
    assert!(message.contains(text(&folder.data())), "{message}");
    assert_eq!(folder.json(["ingest", text(&file)])["accepted"], 1);
}

#[test]
fn erasure_and_new_settings_take_effect() {
    let folder = Folder::new();
    let log_in = |n: usize| {
        format!(
            r#"{{"id":"l{n}","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{{"id":"a{n}"}},"session":{{"ip":"192.0.2.1","device":"d"}}}}"#
        )
    };
    let file = folder.write("log-ins.ndjson", (0..3).map(log_in).collect::<Vec<_>>().join("\n"));
    folder.json(["ingest", text(&file)]);
    assert_eq!(folder.json(["index", "stats"])["links"], 9);
    assert_eq!(folder.json(["timeline", "a1"])[0]["event"]["session"]["device"], "d");
    folder.json(["admin", "erase", "a1"]);
    assert_eq!(folder.json(["index", "stats"])["links"], 6);
    assert_eq!(code(&folder.run(["timeline", "a1"])), 3);
    let history = std::fs::read_dir(folder.data().join("history")).unwrap();
    assert_eq!(
        history.filter(|file| file.as_ref().unwrap().path().extension().unwrap() == "parquet").count(),
        1
    );
    let settings =
        cordon_detect::settings::BUNDLED.replacen("path: session.device", "path: session.browser", 1);
    let settings = folder.write("links.yaml", settings);
    folder.json(["admin", "links", text(&settings)]);
    assert_eq!(folder.json(["index", "stats"])["links"], 4);
}

#[test]
fn what_is_under_legal_hold_is_not_erased() {
    let folder = Folder::new();
    let event = r#"{"id":"l1","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{"id":"a1"},"session":{"ip":"192.0.2.1"}}"#;
    let file = folder.write("log-in.ndjson", event);
    folder.json(["ingest", text(&file)]);
    let opened = folder.open();
    let (account_id, by) = (AccountId::from("a1"), OperatorId::from("counsel"));
    let hold = opened.record.place_legal_hold(&account_id, &by, "order of a court", Timestamp::default());
    opened.runtime.block_on(hold).unwrap();
    drop(opened);
    let refused = folder.run(["admin", "erase", "a1"]);
    assert_eq!(code(&refused), 3);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("legal hold"), "{message}");
    assert_eq!(folder.json(["timeline", "a1"])[0]["event"]["session"]["ip"], "192.0.2.1");
}

#[test]
fn the_real_data_sets_are_taken_whole_and_once() {
    let (Some(accounts), Some(coordination)) = (real_data("accounts"), real_data("coordination")) else {
        return skip("the real data sets are not there");
    };
    let folder = Folder::new();
    let events = accounts.join("events.ndjson.zst");
    assert_eq!(
        folder.json(["ingest", text(&events)]),
        json!({"accepted":171_678,"duplicates":0,"rejected":0})
    );
    assert_eq!(
        folder.json(["ingest", text(&events)]),
        json!({"accepted":0,"duplicates":171_678,"rejected":0})
    );
    let folder = Folder::new();
    let shares = coordination.join("russian_coord_tweets.csv.zst");
    assert_eq!(
        folder.json(["ingest", text(&shares)]),
        json!({"accepted":35_124,"duplicates":1,"rejected":0})
    );
}
