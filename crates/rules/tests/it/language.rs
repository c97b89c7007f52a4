//! Statements of the language, one by one.

use crate::support::{Plain, load, run};
use cordon_rules::{Label, LabelReason, Sources};
use serde_json::{Value, json};

/// The features of a single file, for an event.
fn features(text: &str, event: &str) -> Value {
    run(&load(&Sources::new().with("main.sml", text)), event, &mut Plain::default())["features"].clone()
}

#[test]
fn failed_and_none_differ_as_the_truth_table_says() {
    let found = features(
        "_X: int = JsonData(path='$.x', required=False)\n\
         _S: str = JsonData(path='$.s', required=False)\n\
         A = _X == None\nB = _X != None\nC = _X == 5\nD = _X != 5\nE = _X in [1, 2]\nF = _X not in [1, 2]\n\
         G = _X < 5\nH = not (_X < 5)\nI = (_X < 5) and True\nJ = (_X < 5) or True\n\
         K = not (_X == 1 and True)\nL = [1, _X]\nM = f'{_X}'\nN = 'a' in _S\n",
        "{}",
    );
    assert_eq!(
        found,
        json!({"A": true, "B": false, "C": false, "D": true, "E": false, "F": true, "G": null, "H": null,
            "I": false, "J": true, "K": true, "L": null, "M": null, "N": null})
    );
}

#[test]
fn constants_are_no_features_and_what_is_computed_is() {
    let found = features(
        "A = 5\nB = [1, 2]\nC = -5\nD = 1 + 1\nE = 'x' + 'y'\nF = f'x'\nG = [1 + 1]\nH = A\nI: ExtractLiteral[int] = 3\n",
        "{}",
    );
    assert_eq!(found, json!({"C": -5, "D": 2, "E": "xy", "F": "x", "G": [2], "H": 5, "I": 3}));
}

#[test]
fn what_is_unwrapped_shows_as_its_plain_value() {
    let found = features(
        "U: Entity[int] = EntityJson(type='User', path='$.u')\nT = TimeDelta(days=1)\n\
         R = Rule(when_all=[U == 5], description='five')\nText = f'{U} {T} {R}'\nLong = T > 3600\n\
         Quirk = ResolveOptional(optional_value=U)\nShown = f'{Quirk}'\nB: bool = R\n",
        "{\"u\": 5}",
    );
    assert_eq!(
        found,
        json!({"U": 5, "T": 86400.0, "R": true, "Text": "5 86400.0 True", "Long": true, "Quirk": 5,
            "Shown": "User/5", "B": true})
    );
}

#[test]
fn one_failed_condition_fails_its_rule() {
    let found = features(
        "_X: int = JsonData(path='$.x', required=False)\n\
         A = Rule(when_all=[1 == 2, _X < 3], description='a')\nB = Rule(when_all=[], description='b')\n\
         C = Rule(when_all=[True], description=f'{_X}')\nD = A or False\nE = not A\n",
        "{}",
    );
    assert_eq!(found, json!({"A": null, "B": true, "C": null, "D": false, "E": null}));
}

#[test]
fn secrets_are_read_and_not_shown() {
    let found = features(
        "A: Secret[str] = JsonData(path='$.x', required=False)\nB = A == None\n\
         C: ExtractSecret[str] = JsonData(path='$.x', required=False)\n",
        "{\"x\": \"seen\"}",
    );
    assert_eq!(found, json!({"B": true, "C": null}));
}

#[test]
fn functions_give_what_the_reference_gives() {
    let found = features(
        "A = DomainChopper(urls=['www.example.co.uk'])\nB = EmailDomain(email='x@a.b.Example.CO.UK')\n\
         C = IpNetwork(ip='2001:db8::1')\nD = StringSplit(s=' a  b ', maxsplit=1)\nE = StringSplit(s='a,b,c', sep=',', maxsplit=1)\n\
         F = HashMd5(input='')\nG = Base64Decode(input='aGk=')\nH = GetTimestampBucket(timestamp=-5, granularity_seconds=3600)\n\
         I = ListSort(list=['b', 'a'], reverse=True)\nJ = ListRead(list=[1.5], index=-1)\nK = StringReplace(s='ab', old='', new='-')\n\
         L = RegexMatchMap(target=['a', 'b'], pattern='a', mode='all')\nM = CountRegexMatches(patterns=['a', 'a', 'x'], target='a')\n\
         N = StringSlice(s='häuser', start=1, end=3)\nO = PhonePrefix(phone_number='12345')\nP = StringStrip(s='xax', chars='x')\n\
         Q = IpNetwork(ip='10.1.2.3')\nR = HashSha256(input='a')\n",
        "{}",
    );
    let expected = json!({"A": ["example.co.uk"], "B": "example.co.uk", "C": "2001:db8:0:0:0:0:0:1", "D": ["a", "b"],
        "E": ["a", "b,c"], "F": "d41d8cd98f00b204e9800998ecf8427e", "G": "hi", "H": -3600, "I": ["b", "a"],
        "J": "1.5", "K": "-a-b-", "L": false, "M": 2, "N": "äu", "O": "1", "P": "a", "Q": "10.1.2.0",
        "R": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"});
    assert_eq!(found, expected);
}

#[test]
fn experiments_put_an_entity_where_the_reference_puts_it() {
    let found = features(
        "U: Entity[str] = EntityJson(type='User', path='$.u')\n\
         Ex = Experiment(entity=U, buckets=['control', 'on'], bucket_sizes=[50, 50], version=1, revision=2)\n\
         R = Rule(when_all=ExperimentWhen(experiment=Ex, control=[False], on=[True]), description='r')\n",
        "{\"u\": \"u1\"}",
    );
    assert_eq!(found, json!({"U": "u1", "Ex": ["Ex", "u1", "User", "on", "1", "1", "2"], "R": true}));
}

#[test]
fn labels_and_windows_are_asked_of_the_host() {
    let text = "U: Entity[str] = EntityJson(type='User', path='$.u')\nHas = HasLabel(entity=U, label='spam')\n\
        Old = HasLabel(entity=U, label='spam', min_label_age=TimeDelta(hours=1))\nGone = HasLabel(entity=U, label='spam', status='removed')\n\
        N = IncrementWindow(key=f'posts:{U}', window_seconds=60, when_all=[U != 'u9'])\n";
    let sources =
        Sources::new().with("main.sml", text).with("config.yaml", "labels: {spam: {valid_for: [User]}}");
    let program = load(&sources);
    let mut host = Plain { now: 10_000_000, ..Plain::default() };
    let reason = LabelReason { created_at: Some(9_000_000), expires_at: None };
    let label = Label { name: "spam".into(), is_added: true, is_manual: false, reasons: vec![reason] };
    host.labels.insert(("User".into(), "u1".into()), vec![label]);
    let found = run(&program, "{\"u\": \"u1\"}", &mut host)["features"].clone();
    assert_eq!(found, json!({"U": "u1", "Has": true, "Old": false, "Gone": false, "N": 1}));
    let found = run(&program, "{\"u\": \"u1\"}", &mut host)["features"].clone();
    assert_eq!(found["N"], json!(2));
    let found = run(&program, "{\"u\": \"u9\"}", &mut host)["features"].clone();
    assert_eq!(found, json!({"U": "u9", "Has": false, "Old": false, "Gone": true, "N": 0}));
}

#[test]
fn every_example_of_a_function_is_a_sound_rule() {
    let names = "UserId: Entity[str] = EntityJson(type='User', path='$.u')\nIp: Entity[str] = EntityJson(type='Ip', path='$.ip')\n\
        Text: str = JsonData(path='$.t')\nEmail: str = JsonData(path='$.e')\nDomain: str = JsonData(path='$.d')\n\
        Phone: str = JsonData(path='$.p')\nIpText: str = JsonData(path='$.i')\nCookies: str = JsonData(path='$.c')\n\
        CreatedAt: str = JsonData(path='$.at')\nSentAt: int = JsonData(path='$.s')\nPostId: int = JsonData(path='$.id')\n\
        LinkCount: int = JsonData(path='$.n')\nA: int = JsonData(path='$.a')\nLinks: List[str] = JsonData(path='$.l')\n\
        Domains: List[str] = JsonData(path='$.ds')\nMaybeBio: Optional[str] = JsonData(path='$.b')\nEventType: str = JsonData(path='$.ev')\n\
        Spam = Rule(when_all=[LinkCount > 5], description='spam')\nFine = Rule(when_all=[LinkCount < 1], description='fine')\n\
        Trial = Experiment(entity=UserId, buckets=['control', 'low'], bucket_sizes=[10, 10], version=1, revision=1)\n";
    for function in cordon_rules::functions() {
        let (name, rest) = function.example.split_at(function.example.find([' ', ':', '(']).unwrap());
        // The names that the examples share are taken.
        let line =
            if rest.starts_with('(') { function.example.to_owned() } else { format!("Sample{name}{rest}") };
        let main =
            if function.name == "Import" { format!("{line}\n{names}") } else { format!("{names}{line}\n") };
        let sources = Sources::new()
            .with("main.sml", &main)
            .with("names.sml", "Named = 1\n")
            .with("posts.sml", "Posts = 1 + 1\n")
            .with("lists/shops.yaml", "- stall\n")
            .with("lists/offers.txt", "free \\d+\n")
            .with("config.yaml", "labels: {spam: {valid_for: [User]}}");
        load(&sources);
    }
}
