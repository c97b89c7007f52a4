//! Behaviours that the reference's own tests pin down, as cases with texts of their own.

use crate::support::{Plain, load, run};
use cordon_rules::{Action, Document, Program, Sources};
use serde_json::{Value, json};

fn of(files: &[(&str, &str)]) -> Sources {
    files.iter().fold(Sources::new(), |sources, (path, text)| sources.with(path, text))
}

fn features(files: &[(&str, &str)], event: &str) -> Value {
    run(&load(&of(files)), event, &mut Plain::default())["features"].clone()
}

/// Kinds of the mistakes of a rule set, with the line of each.
fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
    let found = Program::load(&of(files)).err().unwrap_or_default();
    found.iter().map(|one| format!("{}:{} {}", one.path, one.line, one.code)).collect()
}

#[test]
fn a_file_reached_twice_runs_once_and_names_of_both_are_seen() {
    let files = [
        ("main.sml", "Import(rules=['bird.sml', 'nest.sml'])\nBoth = Nest + Bird\n"),
        ("nest.sml", "Nest = 4  # a constant is no feature\nNestTwo = Nest + 1\n"),
        ("bird.sml", "Import(rules=['nest.sml'])\nBird = Nest + 3\n"),
    ];
    assert_eq!(features(&files, "{}"), json!({"NestTwo": 5, "Bird": 7, "Both": 11}));
}

#[test]
fn imports_are_lists_of_names_of_files() {
    for wrong in
        ["'nest.sml'", "12", "[1, 2]", "['nest.sml', 'nest.sml', 'nest.sml']", "['nest.sml', 'bird.sml']"]
    {
        let main = format!("Import(rules={wrong})\n");
        let found = mistakes(&[("main.sml", &main), ("nest.sml", "N = 1\n"), ("bird.sml", "B = 1\n")]);
        assert!(
            !found.is_empty() && found.iter().all(|one| one.starts_with("main.sml:1")),
            "{wrong}: {found:?}"
        );
    }
    let files = [
        ("main.sml", "Import(rules=['a.sml', 'b.sml'])\n"),
        ("a.sml", "Import(rules=['b.sml'])\n"),
        ("b.sml", "Import(rules=['c.sml'])\n"),
        ("c.sml", "Import(rules=['a.sml'])\n"),
    ];
    assert_eq!(mistakes(&files).len(), 1, "a cycle is told once: {:?}", mistakes(&files));
}

#[test]
fn locals_belong_to_their_file_and_are_read_there() {
    let files = [("main.sml", "_A = 1\n_B = 2\nC = _A + _B\n"), ("other.sml", "_A = 3\nD = _A + 1\n")];
    assert_eq!(features(&files, "{}"), json!({"C": 3}));
    assert_eq!(
        mistakes(&[("main.sml", "_A = 1\n_B = 2\n_C = 3\nC = _C\n")]),
        ["main.sml:1 unused-local", "main.sml:2 unused-local"]
    );
    // A second definition is one mistake, not also an unread local.
    assert_eq!(mistakes(&[("main.sml", "_A = 1\nB = _A\n_A = 2\n")]), ["main.sml:3 duplicate-name"]);
    assert_eq!(
        mistakes(&[("main.sml", "A = 1\nA = 2\nA = 3\n")]),
        ["main.sml:2 duplicate-name", "main.sml:3 duplicate-name"]
    );
    assert_eq!(mistakes(&[("main.sml", "A = 1\n"), ("other.sml", "A = 1\n")]).len(), 1);
}

#[test]
fn results_are_used_where_there_are_some_and_nowhere_else() {
    let with_rule = "R = Rule(when_all=[True], description='r')\n";
    for (text, is_sound) in [
        ("Import(rules=[])\n", true),
        ("WhenRules(rules_any=[R], then=[DeclareVerdict(verdict='no')])\n", true),
        ("A = StringLength(s=StringToLower(s='X'))\n", true),
        ("A = [1, StringLength(s='x')]\n", true),
        ("StringLength(s='x')\n", false),
        ("A = Import(rules=[])\n", false),
        ("A = [1, WhenRules(rules_any=[R], then=[])]\n", false),
        ("A = StringLength(s=Require(rule='main.sml'))\n", false),
    ] {
        let text = format!("{with_rule}{text}");
        assert_eq!(mistakes(&[("main.sml", &text)]).is_empty(), is_sound, "{text}");
    }
}

#[test]
fn experiments_are_held_to_their_shape() {
    let experiment = |buckets: &str, sizes: &str, version: i64, revision: i64| {
        format!(
            "Who = Entity(type='Member', id='owl 1')\nTrial = Experiment(entity=Who, buckets={buckets}, \
             bucket_sizes={sizes}, version={version}, revision={revision})\n"
        )
    };
    for (buckets, sizes, version, revision) in [
        ("['control', 'b']", "[75, 25]", 1, 1),
        ("['control', 'b', 'c']", "[33.34, 33.33, 33.33]", 1, 1),
        ("['control', 'b', 'c', 'd', 'e', 'f']", "[16.66, 16.67, 16.67, 16.67, 16.66, 16.67]", 1, 1),
        ("['a', 'b']", "[15, 20]", 1, 1),
        ("['control', 'b', 'c']", "[15, 20]", 1, 1),
        ("['control', 'b']", "[10.0, 2.512]", 2, 0),
        ("['control', 'b']", "[10, 10]", -1, 1),
        ("['control', 'b']", "[10, 10]", 1, -1),
    ] {
        let text = experiment(buckets, sizes, version, revision);
        assert_eq!(mistakes(&[("main.sml", &text)]), ["main.sml:2 argument"], "{text}");
    }
    for (buckets, sizes) in
        [("['control', 'b']", "[50, 50]"), ("['control', 'b', 'c']", "[33.33, 33.33, 33.33]")]
    {
        let text = experiment(buckets, sizes, 0, 0);
        assert_eq!(features(&[("main.sml", &text)], "{}")["Trial"][0], "Trial");
    }
    // Older sets say where the bucket is chosen; it is chosen here in any case.
    let older = experiment("['control', 'b']", "[2.5, 2.5]", 1, 1)
        .replace("revision=1", "revision=1, local_bucketing=True");
    assert!(mistakes(&[("main.sml", &older)]).is_empty(), "{:?}", mistakes(&[("main.sml", &older)]));
}

#[test]
fn a_wider_rollout_keeps_who_was_in() {
    let bucket = |id: u32, size: &str| {
        let text = format!(
            "Who = Entity(type='Member', id='{id}')\nTrial = Experiment(entity=Who, buckets=['control', 'on'], \
             bucket_sizes=[{size}, {size}], version=1, revision=1)\n"
        );
        let found = features(&[("main.sml", &text)], "{}")["Trial"].clone();
        (found[3].as_str().unwrap().to_owned(), found[4].as_str().unwrap().to_owned())
    };
    let mut was_in = 0;
    for id in 0..400 {
        let (few, many) = (bucket(id, "2.0"), bucket(id, "50.0"));
        assert!(!many.0.is_empty(), "every hash has a bucket at 50 %");
        if few.0.is_empty() {
            assert_eq!(few.1, "-1");
        } else {
            was_in += 1;
            assert_eq!(few, many);
        }
    }
    assert!((4..40).contains(&was_in), "{was_in}");
}

#[test]
fn a_list_is_chosen_by_the_bucket_and_by_control_outside() {
    let head = "Who = Entity(type='Member', id='owl 1')\nTrial = Experiment(entity=Who, buckets=['control', 'b', 'c'], \
                bucket_sizes=[0.0, 0.0, 0.0], version=1, revision=1)\n";
    let text = format!(
        "{head}When = ExperimentWhen(control=[True, False, True], b=[False], c=[False], experiment=Trial)\n"
    );
    assert_eq!(features(&[("main.sml", &text)], "{}")["When"], json!([true, false, true]));
    for (line, code) in [
        ("W = ExperimentWhen(control=[True], b=[True], c=[True], d=[True], experiment=Trial)\n", "3"),
        ("W = ExperimentWhen(control=[True], b=[True], experiment=Trial)\n", "3"),
        ("N = 'x'\nW = ExperimentWhen(control=[True], b=[True], c=[True], experiment=N)\n", "4"),
        ("W = ExperimentWhen(control=[1], b=[True], c=[True], experiment=Trial)\n", "3"),
    ] {
        let text = format!("{head}{line}");
        let found = mistakes(&[("main.sml", &text)]);
        assert!(found.iter().any(|one| one.starts_with(&format!("main.sml:{code} "))), "{line}: {found:?}");
    }
    let inline = format!(
        "{head}R = Rule(when_all=ExperimentWhen(control=[True], b=[False], c=[False], experiment=Trial), description='')\n"
    );
    assert_eq!(features(&[("main.sml", &inline)], "{}")["R"], true);
}

/// Features of rules that read secrets, for an event with plain data and with secret data.
fn with_secret(text: &str) -> [Value; 2] {
    let program = load(&of(&[("main.sml", text)]));
    let (empty, full) =
        (Document::parse(b"{}").unwrap(), Document::parse(br#"{"pin": "owl nest"}"#).unwrap());
    [(&full, &empty), (&empty, &full)].map(|(data, secret)| {
        let action = Action { id: 1, name: "login", time: 0, data, secret_data: Some(secret) };
        let mut host = Plain::default();
        let mut written = String::new();
        program.evaluate(action, &mut host).write_features(&mut written);
        serde_json::from_str(&written).unwrap()
    })
}

#[test]
fn secrets_are_read_from_their_own_document_and_shown_by_permission_alone() {
    let head = "Pin: Secret[str] = JsonData(path='$.pin', required=False)\n";
    let text = format!("{head}Is: bool = Pin == 'owl nest'\nNone_: bool = Pin == None\n");
    assert_eq!(
        with_secret(&text),
        [json!({"Is": false, "None_": true}), json!({"Is": true, "None_": false})]
    );
    let text = format!(
        "{head}Length: ExtractSecret[int] = StringLength(s=Pin)\nText: str = f'{{Length}} letters'\n"
    );
    assert_eq!(
        with_secret(&text),
        [json!({"Length": null, "Text": null}), json!({"Length": 8, "Text": "8 letters"})]
    );
    let text = format!("{head}Has: bool = 'owl' in Pin\n");
    assert_eq!(with_secret(&text), [json!({"Has": null}), json!({"Has": true})]);
    for wrong in ["A = f'{Pin}'\n", "A = [Pin]\n", "A = StringClean(s=Pin)\n"] {
        assert_eq!(mistakes(&[("main.sml", &format!("{head}{wrong}"))]), ["main.sml:2 secret"], "{wrong}");
    }
}

#[test]
fn base64_goes_both_ways_and_skips_what_is_not_of_the_alphabet() {
    let text = "A = Base64Encode(input='Herons wade; owls do not.')\nB = Base64Decode(input=A)\n\
                C = Base64Decode(input='aGk=\\n!')\nD = Base64Decode(input='aGk')\nE = Base64Decode(input='/w==')\nF = Base64Encode(input='')\n";
    let result = run(&load(&of(&[("main.sml", text)])), "{}", &mut Plain::default());
    assert_eq!(
        result["features"],
        json!({"A": "SGVyb25zIHdhZGU7IG93bHMgZG8gbm90Lg==", "B": "Herons wade; owls do not.", "C": "hi",
            "D": null, "E": null, "F": ""})
    );
    assert_eq!(result["errors"].as_array().map(Vec::len), Some(2));
}

#[test]
fn configuration_is_told_by_its_whole_path() {
    let config = |text: &str| {
        let found =
            Program::load(&of(&[("main.sml", "A = 1\n"), ("config.yaml", text)])).err().unwrap_or_default();
        found.into_iter().map(|one| one.message).collect::<Vec<_>>()
    };
    assert!(Program::load(&of(&[("main.sml", "A = 1\n")])).is_ok(), "no configuration is none");
    for sound in [
        "analytics: {filtered_labels: [a], monitored_labels: [b], monitored_counters: {c: {threshold: 3}}}",
        "feature_flags: {percentage_flags: {f: {value: 0.5, description: d}}}",
        "webhooks: {osprey_webhooks_url: x}",
        "acl: {users: {}}",
    ] {
        assert_eq!(config(sound), Vec::<String>::new(), "{sound}");
    }
    for (wrong, place) in [
        ("labels: {a: {valid_for: owl}}", "labels.a.valid_for"),
        ("labels: {a: {odd: 1}}", "labels.a.odd"),
        ("analytics: {filtered_labels: 5}", "analytics.filtered_labels"),
        ("analytics: {monitored_counters: {c: {threshold: x}}}", "analytics.monitored_counters.c.threshold"),
        ("analytics: {odd: 1}", "analytics.odd"),
        ("feature_flags: {percentage_flags: {f: {value: 1.5}}}", "feature_flags.percentage_flags.f.value"),
        ("feature_flags: {odd: 1}", "feature_flags.odd"),
    ] {
        assert_eq!(config(wrong), [format!("invalid config value at {place}")], "{wrong}");
    }
    assert_eq!(config("odd: 1\nlabels: {a: 5}").len(), 2);
}

#[test]
fn verdicts_are_all_told_in_any_number() {
    let text = "R = Rule(when_all=[True], description='r')\nQ = Rule(when_all=[False], description='q')\n\
                WhenRules(rules_any=[R], then=[DeclareVerdict(verdict='refuse'), DeclareVerdict(verdict='refuse')])\n\
                WhenRules(rules_any=[Q], then=[DeclareVerdict(verdict='never')])\n";
    let result = run(&load(&of(&[("main.sml", text)])), "{}", &mut Plain::default());
    assert_eq!(result["verdicts"], json!(["refuse", "refuse"]));
}

#[test]
fn verdicts_of_an_answer_name_labels_that_were_added() {
    let text = "U: Entity[int] = EntityJson(type='Member', path='$.u')\n_Gone: str = JsonData(path='$.gone', required=False)\n\
                R = Rule(when_all=[True], description='r')\nNo = Rule(when_all=[False], description='n')\n\
                Failed = Rule(when_all=[_Gone < 'x' or True, StringLength(s=_Gone) > 1], description='f')\n\
                WhenRules(rules_any=[R], then=[DeclareVerdict(verdict='wait'), LabelAdd(entity=U, label='plain'),\n\
                  LabelAdd(entity=U, label='yes', apply_if=R), LabelAdd(entity=U, label='no', apply_if=No),\n\
                  LabelAdd(entity=U, label='failed', apply_if=Failed), LabelRemove(entity=U, label='old')])\n";
    let text = text.replace("_Gone < 'x' or True, ", "");
    let config = "labels: {plain: {valid_for: [Member]}, yes: {valid_for: [Member]}, no: {valid_for: [Member]}, \
                  failed: {valid_for: [Member]}, old: {valid_for: [Member]}}";
    let program = load(&of(&[("main.sml", &text), ("config.yaml", config)]));
    let document = Document::parse(br#"{"u": 9}"#).unwrap();
    let action = Action { id: 1, name: "x", time: 0, data: &document, secret_data: None };
    let mut host = Plain::default();
    let evaluation = program.evaluate(action, &mut host);
    assert_eq!(evaluation.verdicts(), ["wait"]);
    assert_eq!(evaluation.label_mutations().len(), 5, "all are listed, those that do not apply too");
}

#[test]
fn patterns_that_are_searched_together_find_what_each_finds_alone() {
    let patterns = [
        r"her(on|ring)",
        r"^Grey",
        r"\d{2,}",
        r"(?i)WREN",
        r"\bowl\b",
        r"nest$",
        r"[^a-z ]",
        r"(a)\1",
        r"s{2}",
        r".*",
        r"x|y",
        r"\u00e9t\u00e9",
    ];
    let rule = |number: usize, pattern: &str, flag: &str| {
        format!("M{number} = RegexMatch(target=Text, pattern=r'{pattern}', case_insensitive={flag})\n")
    };
    let head = "Text: str = JsonData(path='$.t', required=False)\n";
    let mut all = head.to_owned();
    for (number, pattern) in patterns.iter().enumerate() {
        all.push_str(&rule(2 * number, pattern, "False"));
        all.push_str(&rule(2 * number + 1, pattern, "True"));
    }
    let together = load(&of(&[("main.sml", &all)]));
    for text in ["Grey heron 42 nest", "a WREN, an Owl", "gr\u{e9}ss aa", "\u{c9}T\u{c9} nest\\n", ""] {
        let event = format!("{{\"t\": \"{text}\"}}");
        let found = run(&together, &event, &mut Plain::default())["features"].clone();
        for (number, pattern) in patterns.iter().enumerate() {
            for (number, flag) in [(2 * number, "False"), (2 * number + 1, "True")] {
                let alone = format!("{head}{}", rule(number, pattern, flag));
                let name = format!("M{number}");
                let alone = features(&[("main.sml", &alone)], &event);
                assert_eq!(found[&name], alone[&name], "{pattern} {flag} in {text:?}");
            }
        }
    }
    let none = run(&together, "{}", &mut Plain::default());
    assert!(
        none["features"].as_object().unwrap().values().all(Value::is_null) && none["errors"] == json!([])
    );
}
