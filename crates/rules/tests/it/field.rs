//! Functions that rule sets in the field call: word lists, texts, and effects on other platforms.

use crate::support::{Plain, load, run};
use cordon_rules::{Action, Document, Program, Sources};
use serde_json::{Value, json};

fn set(text: &str) -> Sources {
    Sources::new()
        .with("main.sml", text)
        .with("lists/birds.yaml", "- Heron\n- grey wren\n- 'owl'\n")
        .with("lists/offers.txt", "# patterns\nfr[e3]e \\d+\n\n^buy\n")
}

fn features(text: &str, event: &str) -> Value {
    run(&load(&set(text)), event, &mut Plain::default())["features"].clone()
}

/// Codes, messages and hints of a set's mistakes.
fn mistakes(sources: &Sources) -> Vec<String> {
    let found = Program::load(sources).err().unwrap_or_default();
    found.iter().map(|one| format!("{}: {}; {}", one.code, one.message, one.hint)).collect()
}

#[test]
fn words_of_a_list_are_found_as_the_standard_library_finds_them() {
    let found = features(
        "A = ListContains(list_name='birds', terms=['HERON'])\n\
         B = ListContains(list_name='birds', terms=['HERON'], case_sensitive=True)\n\
         C = ListContains(list_name='birds', terms=['herons'])\n\
         D = ListContains(list_name='birds', terms=['herons'], substrings=True)\n\
         E = ListContainsCount(list_name='birds', terms=['owl', 'Owl'])\n\
         F = ListContainsItems(list_name='birds', terms=['fowl heron'], substrings=True)\n\
         G = ListContains(list_name='birds', terms=[])\nH = ListContains(list_name='birds', terms=[None])\n",
        "{}",
    );
    assert_eq!(
        found,
        json!({"A": true, "B": false, "C": false, "D": true, "E": 1, "F": ["heron", "owl"], "G": false, "H": false})
    );
}

#[test]
fn words_of_a_list_are_found_as_the_field_finds_them() {
    let found = features(
        "Name = 'birds'\nT: Optional[str] = JsonData(path='$.t')\n\
         A = ListContains(list='birds', phrases=[T])\n\
         B = ListContains(list=Name, phrases=['herons'])\n\
         C = ListContainsCount(list='birds', phrases=['an owl and a heron', 'OWL'])\n\
         D = SimpleListContains(cache_name='x', list=['Tern'], phrases=[T, T]) != None\n\
         E = SimpleListContains(cache_name='x', list=['a grey'], phrases=[T])\n\
         F = RegexListMatch(list='offers', phrases=['now FR3E 20 coins'])\n\
         G = RegexListContainsItems(list_name='offers', terms=['buy free 2'])\n",
        r#"{"t": "See: a GREY WREN!"}"#,
    );
    assert_eq!(
        found,
        json!({"T": "See: a GREY WREN!", "A": "grey wren", "B": null, "C": 3, "D": false, "E": "a grey",
            "F": "fr[e3]e \\d+", "G": ["fr[e3]e \\d+", "^buy"]})
    );
}

#[test]
fn a_list_may_be_named_while_events_come() {
    let text = "N: str = JsonData(path='$.n')\nA = ListContains(list=N, phrases=['owl'])\n";
    assert_eq!(features(text, r#"{"n": "birds"}"#)["A"], "owl");
    let result = run(&load(&set(text)), r#"{"n": "fish"}"#, &mut Plain::default());
    assert_eq!(result["features"]["A"], Value::Null);
    assert_eq!(result["errors"].as_array().map(Vec::len), Some(1));
}

#[test]
fn look_alikes_are_seen_through() {
    let found = features(
        "A = CensoredListContains(list_name='birds', terms=['h3r0n'])\n\
         B = CensoredListContains(list_name='birds', terms=['heron'], must_be_censored=True)\n\
         C = CensoredListContainsItems(list_name='birds', terms=['0wl', 'own', 'h.e.r.o.n'])\n\
         D = CensorizedListMatch(list='birds', phrases=['an 0wl'])\n\
         E = CensorizedListMatch(list='birds', phrases=['owl'], must_be_censorized=True)\n\
         F = CensorizedListContains(list='birds', phrases=['f0wls'])\n\
         G = CheckCensored(s='two her0ns', pattern='heron', plurals=True)\n\
         H = CheckCensorized(s='heron', pattern='heron', must_be_censorized=True)\n",
        "{}",
    );
    assert_eq!(
        found,
        json!({"A": true, "B": false, "C": ["0wl", "h.e.r.o.n"], "D": "owl", "E": null, "F": "owl", "G": true,
            "H": false})
    );
}

#[test]
fn mistakes_in_lists_are_said_where_they_are_named() {
    let call = |name: &str| format!("A = ListContains(list='{name}', phrases=['x'])\n");
    let with = |name: &str, bytes: &[u8]| {
        let mut sources = set(&call(name));
        sources.add("lists/bad.yaml", bytes);
        mistakes(&sources).join("\n")
    };
    assert!(with("bad", b"- a\n- \xff\n").contains("lists/bad.yaml is not UTF-8: byte 6 (line 2)"));
    assert!(with("bad", b"a: b\n").contains("lists/bad.yaml is no list"));
    assert!(with("bad", b"- a\n- 5\n").contains("an entry that is no text, number 2"));
    assert!(with("bad", &vec![b'x'; (1 << 20) + 1]).contains("is larger than"));
    // A list that nobody names says nothing.
    assert_eq!(with("birds", b"a: b\n"), "");
    let sources = set("A = RegexListMatch(list='p', phrases=['x'])\n").with("lists/p.yaml", "- '(a'\n");
    assert!(mistakes(&sources).join("").contains("entry `(a`: invalid regex pattern"));
}

#[test]
fn a_list_that_is_not_there_counts_as_empty_and_is_told() {
    let text = "A = ListContains(list='brids', phrases=['x'])\nB = ListContainsCount(list_name='none', terms=['x'])\n\
                C = RegexListContains(list_name='none', terms=['x'])\n";
    let program = load(&set(text));
    let told: Vec<String> = program
        .warnings()
        .iter()
        .map(|one| format!("{}:{} {}; {}", one.line, one.code, one.message, one.hint))
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "1:no-list there is no list `brids`: it counts as empty; did you mean `birds`?");
    assert!(program.warnings()[0].to_string().starts_with("warning[no-list]"));
    assert_eq!(features(text, "{}"), json!({"A": null, "B": 0, "C": false}));
    let with_mistake = format!("{text}D = NoSuch()\n");
    assert_eq!(mistakes(&set(&with_mistake)).len(), 4, "errors show the warnings beside them");
}

#[test]
fn words_keep_one_apostrophe_and_lose_everything_else() {
    let found = features(
        "A = StringTokenize(s='Don\u{2019}t go, WREN_2: o\\'clock\\'s ''x')\nB = StringTokenize(s='...')\n\
         C = StringTokenize(s='\u{c9}t\u{e9} a\\'\\'b')\n",
        "{}",
    );
    let words = json!(["don't", "go", "wren_2", "o'clock", "s", "x"]);
    assert_eq!(found, json!({"A": words, "B": [], "C": ["\u{e9}t\u{e9}", "a", "b"]}));
}

#[test]
fn what_need_not_be_there_may_be_unreadable_and_half_an_address_is_none() {
    let text = "A: int = JsonData(path='$.n', required=False)\nB: Optional[int] = JsonData(path='$.n', required=False)\n\
                C: int = JsonData(path='$.n')\nD: int = JsonData(path='$.n', required=False, coerce_type=False)\n\
                E = EmailDomain(email='heron@')\nF = EmailSubdomain(email='heron@')\nG = EmailLocalPart(email='heron@')\n";
    let result = run(&load(&set(text)), r#"{"n": "12.0"}"#, &mut Plain::default());
    let features = json!({"A": null, "B": null, "C": null, "D": null, "E": null, "F": null, "G": "heron"});
    assert_eq!(result["features"], features);
    let errors: Vec<&str> = result["errors"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        errors.len() == 2 && errors[0].starts_with("main.sml:3") && errors[1].starts_with("main.sml:4"),
        "{errors:?}"
    );
}

#[test]
fn texts_are_taken_apart_as_in_the_field() {
    let found = features(
        "T: str = JsonData(path='$.t')\nN: Optional[str] = JsonData(path='$.n')\n\
         A = StringContains(s=T, phrase='free gift')\nB = StringContains(s='herons', phrase='heron')\n\
         C = StringContains(s='herons', phrase='HERON', substrings=True)\n\
         D = TextContains(text='C++ x', phrase='C++')\nE = ForceString(s=N)\nF = SubstrCount(s='aaaa', substr='aa')\n\
         G = Tokenize(s='H\u{e9}llo, W0rld_x')\nH = Tokenize(s='a_b c', skip_censor_chars=True)\n\
         I = CleanString(s='a\u{200b}e\u{301} \\'b*', single_quotes=True)\n\
         J = ExtractDomains(s='see WWW.heron.example, https://www.owl.example:80/x?y and owl@wren.example')\n\
         K = ExtractEmoji(s='a\u{1f600}\u{1f601}b\u{1f600}')\nL = RootDomain(domain='a.b.example')\n\
         M = ConcatStringLists(lists=[['a'], ['b']])\nO = ParseInt(s=' 1_0 ')\nP = ParseInt(s='x')\n\
         Q = DidFromUri(uri='at://did:plc:abc/app.bsky.feed.post/1')\nR = DidFromUri(uri=N)\n\
         S = Tokenize(s='a1b2', skip_regex=r'[0-9]')\n",
        r#"{"t": "A Free Gift!", "n": null}"#,
    );
    let expected = json!({"T": "A Free Gift!", "N": null, "A": true, "B": false, "C": true, "D": false,
        "E": "<None>", "F": 2, "G": ["h", "llo", "w0rld", "x"], "H": ["a_b", "c"], "I": "ae b*",
        "J": ["www.heron.example", "owl.example:80", "wren.example"], "K": ["\u{1f600}\u{1f601}", "\u{1f600}"],
        "L": "b.example", "M": ["a", "b"], "O": 10, "P": null, "Q": "did:plc:abc", "R": null, "S": ["a", "b"]});
    assert_eq!(found, expected);
}

#[test]
fn facets_of_a_post_are_read_in_lower_case() {
    let event = r##"{"operation": {"record": {"facets": [
        {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Birds"},
            {"$type": "app.bsky.richtext.facet#link", "uri": "https://Heron.example"}]},
        {"index": 1}, {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "late"}]}]}}}"##;
    let found = features("A = TagsFromFacets()\nB = LinksFromFacets()\nC = MentionsFromFacets()\n", event);
    assert_eq!(found, json!({"A": ["birds"], "B": ["https://heron.example"], "C": []}));
    assert_eq!(features("A = TagsFromFacets()\n", "{}"), json!({"A": []}));
}

#[test]
fn effects_on_a_platform_are_signals_and_no_decisions() {
    let program = load(&set("U: Entity[str] = EntityJson(type='UserId', path='$.u')\n\
         _Missing: str = JsonData(path='$.none', required=False)\n\
         R = Rule(when_all=[True], description='r')\nNever = Rule(when_all=[False], description='n')\n\
         WhenRules(rules_any=[R], then=[\n\
           AtprotoLabel(entity=U, label='spam', comment=f'by {U}', expiration_in_hours=24 * 30),\n\
           AtprotoLabel(entity=U, label='held', comment='', expiration_in_hours=None, apply_if=Never),\n\
           AtprotoLabel(entity=U, label='failed', comment=f'{_Missing}', expiration_in_hours=None),\n\
           AtprotoTag(entity=U, tag='t', comment='c', neg=True),\n\
           AtprotoList(did=U, list_uri='at://l'),\n\
           AtprotoReport(entity=U, report_kind='spam', comment='x'),\n\
           BanUser(entity=U, comment='b')])\n"));
    let document = Document::parse(br#"{"u": "did:plc:a"}"#).unwrap();
    let action = Action { id: 1, name: "x", time: 0, data: &document, secret_data: None };
    let mut host = Plain::default();
    let evaluation = program.evaluate(action, &mut host);
    assert!(evaluation.signals().iter().all(|signal| !signal.is_verdict));
    let told: Vec<(String, String)> =
        evaluation.signals().into_iter().map(|one| (one.name, one.detail.unwrap_or_default())).collect();
    let expected = [
        ("atproto_label", "did:plc:a|spam|by did:plc:a|720"),
        ("atproto_tag", "did:plc:a|-t|c"),
        ("atproto_list", "did:plc:a|at://l"),
        ("atproto_report", "did:plc:a|spam|x|None"),
        ("ban_user", "did:plc:a|b"),
    ];
    assert_eq!(told, expected.map(|(name, detail)| (name.to_owned(), detail.to_owned())));
}

#[test]
fn what_is_left_out_says_what_to_write_instead() {
    let found = mistakes(&set("A = CacheGetStr(key='a', when_all=[True])\n"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("left-out-function: `CacheGetStr` is knowingly left out; "), "{found:?}");
    assert!(cordon_rules::left_out_functions().iter().any(|one| one.name == "CacheGetStr"));
}

#[test]
fn the_names_of_arguments_tell_functions_of_one_name_apart() {
    let found = mistakes(&set("A = ListContains(list='birds', terms=['x'])\n"));
    assert!(found.join("\n").contains("unknown keyword argument"), "{found:?}");
    // Equal operands of two functions of one name are two results.
    let found = features(
        "A = ListContains(list_name='birds', terms=['owl x'], case_sensitive=False, substrings=True)\n\
         B = ListContains(list='birds', phrases=['owl x'], case_sensitive=False, word_boundaries=True)\n",
        "{}",
    );
    assert_eq!(found, json!({"A": true, "B": "owl"}));
}

#[test]
fn counters_belong_to_their_name_and_tell_keys_apart() {
    let program =
        load(&set("U: Entity[str] = EntityJson(type='UserId', path='$.u')\nT: str = JsonData(path='$.t')\n\
         N: int = JsonData(path='$.n', required=False)\n\
         Posts = Count(by=U, window=TimeDelta(hours=1), when_all=[T == 'post'])\n\
         Both = Count(by=['1', T], window=TimeDelta(hours=1))\n\
         Missing = Count(by=N, window=TimeDelta(hours=1))\n"));
    let mut host = Plain::default();
    let mut posts = Vec::new();
    for kind in ["post", "login", "post"] {
        let result = run(&program, &format!(r#"{{"u": "1", "t": "{kind}"}}"#), &mut host);
        assert_eq!((&result["features"]["Missing"], &result["errors"]), (&Value::Null, &json!([])));
        posts.push(result["features"]["Posts"].clone());
    }
    // What is not counted is still told.
    assert_eq!(posts, [json!(1), json!(1), json!(2)]);
    let keys: Vec<&str> = host.counts.keys().map(String::as_str).collect();
    assert_eq!(keys, ["Both l2:s1:1s4:post", "Both l2:s1:1s5:login", "Posts es6:UserIds1:1"]);
    for text in [
        "_A = Count(by='x', window=TimeDelta(hours=1))\nB = _A\n",
        "A = Count(by='x', window=TimeDelta(hours=1)) > 3\n",
    ] {
        assert!(mistakes(&set(text)).join("").contains("a counter must be assigned directly"), "{text}");
    }
}

#[test]
fn documents_of_an_account_are_read_where_the_event_carries_them() {
    let text = "A = GetHandle()\nB = GetPDSService()\nC = GetDIDCreatedAt()\n";
    let event = r##"{"did": "did:plc:abc", "did_doc": {"alsoKnownAs": ["https://x", "at://heron.example"], "service":
        [{"id": "#other"}, {"id": "#atproto_pds", "serviceEndpoint": "https://nest.example"}]},
        "did_audit_log": {"entries": [{"createdAt": "2025-01-01T00:00:00Z"}, {"createdAt": "2026-01-01T00:00:00Z"}]}}"##;
    let made = "2025-01-01T00:00:00Z";
    assert_eq!(features(text, event), json!({"A": "heron.example", "B": "https://nest.example", "C": made}));
    // Letters of the address go, not the address: a quirk of the field, kept.
    let alice = r#"{"did": "d", "did_doc": {"alsoKnownAs": ["at://tall.example"]}, "did_audit_log": {"entries": []}}"#;
    assert_eq!(features(text, alice), json!({"A": "ll.example", "B": "Error", "C": "Error"}));
    let result = run(&load(&set(text)), r#"{"did": "d"}"#, &mut Plain::default());
    assert_eq!(result["features"], json!({"A": null, "B": null, "C": null}));
    assert_eq!(result["errors"].as_array().map(Vec::len), Some(3));
}

#[test]
fn hashes_of_media_have_one_spelling_and_relays_are_asked_by_it() {
    let upper = "DD".repeat(32);
    let text = format!(
        "H = '{upper}'\nA = IsValidMediaHash(sha256=H)\nB = IsValidMediaHash(sha256=H + '\\n')\nC = IsValidMediaHash()\n\
         D = NormalizeMediaHash(sha256=H)\nE = NormalizeMediaHash()\nR = Rule(when_all=[True], description='r')\n\
         WhenRules(rules_any=[R], then=[BanNostrEvent(event_id='e1', pubkey='', reason='x'),\n\
           AgeRestrictNostrEvent(event_id='e1', sha256=H, reason='y')])\n"
    );
    let lower = "dd".repeat(32);
    let expected = json!({"A": true, "B": false, "C": false, "D": lower, "E": "", "R": true});
    assert_eq!(features(&text, "{}"), expected);
    let (program, document) = (load(&set(&text)), Document::parse(b"{}").unwrap());
    let action = Action { id: 1, name: "x", time: 0, data: &document, secret_data: None };
    let mut host = Plain::default();
    let evaluation = program.evaluate(action, &mut host);
    let told: Vec<(String, Option<String>)> =
        evaluation.signals().into_iter().map(|one| (one.name, one.detail)).collect();
    assert_eq!(
        told,
        [
            ("ban_nostr_event".to_owned(), Some("e1||x".to_owned())),
            ("age_restrict_nostr_event".to_owned(), Some(format!("e1|{lower}|y")))
        ]
    );
}

#[test]
fn a_function_of_an_unknown_plugin_is_named_with_what_to_write_instead() {
    let found = mistakes(&set("A = AskTheOracleOfDelphi(x=1)\n"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("unknown-function: unknown function: `AskTheOracleOfDelphi`; "),
        "{found:?}"
    );
    assert!(found[0].contains("JsonData(…)") && found[0].contains("SendSignal(…)"), "{found:?}");
}
