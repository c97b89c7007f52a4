//! What is said of bad rule sets: place, kind and text of every mistake.

use cordon_rules::{Diagnostic, Program, Sources};

fn found(sources: &Sources) -> Vec<Diagnostic> {
    Program::load(sources).err().unwrap_or_default()
}

fn check(sources: &Sources, expected: &[&str]) {
    let found: Vec<String> = found(sources)
        .iter()
        .map(|one| format!("{}:{}:{} {}: {}", one.path, one.line, one.column, one.code, one.message))
        .collect();
    assert_eq!(found, expected);
}

/// Mistakes of a single file.
fn main_only(text: &str, expected: &[&str]) {
    check(&Sources::new().with("main.sml", text), expected);
}

#[test]
fn all_mistakes_are_shown_at_once_with_place_line_and_hint() {
    let sources = Sources::new().with(
        "main.sml",
        "UserId: Entity[str] = EntityJson(type='User', path='$.u')\n\
         Name: str = JsonData(path='$.name[')\nLength = StringLenght(s=Name)\nBig = Usrid == 'x'\n",
    );
    let text: Vec<String> = found(&sources).iter().map(ToString::to_string).collect();
    assert_eq!(
        text.join("\n\n"),
        "error[argument]: failed to validate argument `path` for `JsonData(…)`: invalid json-path supplied: a name is missing
 --> main.sml:2:27
2 | Name: str = JsonData(path='$.name[')
  |                           ^^^^^^^^^
 hint: a path is written $.user.id, $.list[0] or $['odd name']

error[unknown-function]: unknown function: `StringLenght`
 --> main.sml:3:10
3 | Length = StringLenght(s=Name)
  |          ^^^^^^^^^^^^
 hint: did you mean `StringLength`?

error[unknown-identifier]: unknown identifier: `Usrid`
 --> main.sml:4:7
4 | Big = Usrid == 'x'
  |       ^^^^^
 hint: did you mean `UserId`?"
    );
}

#[test]
fn import_cycles_are_shown_where_they_close() {
    let sources = Sources::new()
        .with("a.sml", "Import(rules=['b.sml'])\n")
        .with("b.sml", "Import(rules=['a.sml'])\n")
        .with("main.sml", "Import(rules=['a.sml'])\n");
    check(&sources, &["b.sml:1:1 import-cycle: import cycle detected here"]);
    assert!(found(&sources).iter().any(|one| one.hint.starts_with("a.sml imports b.sml imports a.sml")));
    let own = Sources::new().with("main.sml", "Import(rules=['main.sml'])\n");
    check(&own, &["main.sml:1:1 import-cycle: import cycle detected here"]);
}

#[test]
fn imports_are_sorted_unique_and_exist() {
    let sources = Sources::new()
        .with("a.sml", "A = 1\n")
        .with("b.sml", "B = 1\n")
        .with("main.sml", "Import(rules=['b.sml', 'a.sml', 'a.sml', 'c.sml'])\nRequire(rule='d.sml')\nRequire(rule=f'x/{A}.sml')\n");
    check(
        &sources,
        &[
            "main.sml:1:14 import: import has a duplicated items for rule: a.sml",
            "main.sml:1:14 import: import rules are not sorted",
            "main.sml:1:42 import: imported file: c.sml not found",
            "main.sml:2:14 require: required rule: d.sml not found",
            "main.sml:3:14 require: x/*.sml would never match any rule files",
        ],
    );
}

#[test]
fn names_are_unique_defined_before_use_and_imported() {
    let sources = Sources::new()
        .with(
            "main.sml",
            "A = B + 1\nB = 2\nB = 3\nC = C + 1\nD = Far\n_L = 1\nE = _M\n_N = 1\nF = _N\n_N = 2\n",
        )
        .with("other.sml", "Far = 1 + 1\n");
    check(
        &sources,
        &[
            "main.sml:1:5 unknown-identifier: unknown identifier: `B`",
            "main.sml:3:1 duplicate-name: features must be unique across all rule files: `B`",
            "main.sml:4:5 unknown-identifier: cannot both store and load the same value within an assignment",
            "main.sml:5:5 unknown-identifier: unknown identifier: `Far`",
            "main.sml:6:1 unused-local: unused local variable: `_L`",
            "main.sml:7:5 unknown-identifier: unknown local variable: `_M`",
            "main.sml:10:1 duplicate-name: local variables must be unique in their file: `_N`",
        ],
    );
}

#[test]
fn wrong_types_are_refused() {
    main_only(
        "I: Optional[int] = JsonData(path='$.i')\nA = I < 3\nB = [1] + [2]\nC = 'a' < 'b'\nD = not 5\nE = StringLength(s=I)\n\
         F = f'{I}'\nG = 'a' == 1\nH: str = 5\nJ = [1, 2.0]\nK = []\nL = I and True\nM = -'a'\nN = I != None and I > 3\n\
         O = (I != None and True) and I > 3\nP = True & False\n",
        &[
            "main.sml:2:5 type: unsupported operand types for `<`: `Optional[int]` and `int`",
            "main.sml:3:5 type: unsupported operand types for `+`: `list[int]` and `list[int]`",
            "main.sml:4:5 type: unsupported operand types for `<`: `str` and `str`",
            "main.sml:5:9 type: `not` only works on `bool` types, got `int`",
            "main.sml:6:20 type: argument `s` to `StringLength` has incompatible type: it is `Optional[int]`, expected `str`",
            "main.sml:7:8 type: unsupported type for f-string substitution: `Optional[int]`",
            "main.sml:8:5 type: left and right sides have incompatible types: `str` and `int`",
            "main.sml:9:10 type: incompatible types in assignment: `H` is annotated `str`, and its value is `int`",
            "main.sml:10:5 type: found multiple different types in list literal: `int` and `float`",
            "main.sml:11:5 empty-list: empty list literal needs a type annotation",
            "main.sml:12:5 type: unsupported operand type for `and`, got `Optional[int]`",
            "main.sml:13:5 type: bad operand type for unary -: `str`",
            "main.sml:15:30 type: unsupported operand types for `>`: `Optional[int]` and `int`",
            "main.sml:16:5 type: unsupported operand types for `&`: `bool` and `bool`",
        ],
    );
}

#[test]
fn calls_are_checked_by_name_argument_and_constant() {
    main_only(
        "T: str = JsonData(path='$.t')\nA = RegexMatch(target=T, pattern='(')\nB = RegexMatch(target=T, pattern=T)\n\
         C = StringLength()\nD = StringLength(s=T, x=1)\nE = JsonData(path='$.e')\nF = RandomBool(percentage=0.0)\n\
         G = TimeDelta(days=1.5)\nStringLength(s=T)\nH = Import(rules=[])\nJ: int = StringLength(s=JsonData(path='$.x'))\n\
         R = Rule(when_all=[True], description='{T} x')\n_S = Rule(when_all=[True], description='x')\nQ = StringSlice(s=T, start=3, end=1)\n\
         WhenRules(rules_any=[T == 'x'], then=['a'])\nU = LabelAdd(entity=Entity(type='X', id=T), label='nope')\n",
        &[
            "main.sml:2:34 argument: failed to validate argument `pattern` for `RegexMatch(…)`: invalid regex pattern: missing ), unterminated subpattern",
            "main.sml:3:34 constant-argument: invalid argument type: `pattern` must be known when the rules load, as a `str`",
            "main.sml:4:5 missing-argument: 1 missing keyword argument(s): `s: str`",
            "main.sml:5:23 unknown-argument: unknown keyword argument: `x`",
            "main.sml:6:5 dynamic-result: `JsonData` returns a dynamic result, and the assignment must have a type annotation",
            "main.sml:7:27 argument: failed to validate argument `percentage` for `RandomBool(…)`: invalid `percentage`",
            "main.sml:8:20 type: argument `days` has incompatible type: it is `float`, expected `int`",
            "main.sml:9:1 unused-result: you must use the result of this function call",
            "main.sml:10:5 no-result: you cannot store or use the result of `Import` because it has no return value",
            "main.sml:11:25 dynamic-result: the result of `JsonData` must be assigned to a variable with a type annotation",
            "main.sml:12:39 rule: variable interpolation attempted in non-format string",
            "main.sml:13:1 unused-local: unused local variable: `_S`",
            "main.sml:13:6 rule: rules must be assigned directly to a non-local variable",
            "main.sml:14:28 argument: failed to validate argument `start` for `StringSlice(…)`: start must not be greater than end",
            "main.sml:15:22 type: argument `rules_any` to `WhenRules` has incompatible type: `bool`, expected `Rule`",
            "main.sml:15:39 type: argument `then` to `WhenRules` has incompatible type: `str`, expected `Effect`",
            "main.sml:16:51 label: unknown label: `nope`",
        ],
    );
}

#[test]
fn what_python_has_and_the_language_lacks_is_refused() {
    main_only(
        "A = B = 1\nA: int\n'doc'\nC = 1 < 2 < 3\nD = f(1)\nE = ~1\nF = {}\nG = X.y\nH = f'{1 + 1}'\nI = f'{A:>3}'\n\
         J = b'x'\nK = (x for x in y)\nL = 1 if A else 2\nM = 1 is 2\nN: 'str' = 1\nO = a @ b\nfor x in y: pass\n",
        &[
            "main.sml:1:1 assignment-target: an assignment can only have a single target",
            "main.sml:2:1 assignment-value: assignment must have a value",
            "main.sml:3:1 bare-expression: a bare expression is not allowed, unless it is a function call",
            "main.sml:4:5 comparison: only binary comparisons are supported",
            "main.sml:5:7 positional-argument: functions with non-keyword arguments are not supported",
            "main.sml:6:5 operator: unsupported unary operator `~` encountered",
            "main.sml:7:5 unexpected-node: unexpected node type `Dict`",
            "main.sml:8:5 attribute: attributes aren't supported yet",
            "main.sml:9:7 format: a format string can only interpolate a `Name`",
            "main.sml:10:7 format: a format string cannot have a format spec",
            "main.sml:11:5 constant: unexpected constant of type `bytes`",
            "main.sml:12:5 unexpected-node: unexpected node type `Generator`",
            "main.sml:13:5 unexpected-node: unexpected node type `IfExp`",
            "main.sml:14:5 comparison: unsupported comparator `is` encountered",
            "main.sml:15:4 annotation: invalid annotation: unexpected `Constant`",
            "main.sml:16:5 operator: unsupported operator `@` encountered",
            "main.sml:17:1 unexpected-node: unexpected node type `For`",
        ],
    );
}

#[test]
fn files_that_cannot_be_rules_are_named() {
    let mut sources = Sources::new().with("main.sml", "A = (1\n");
    sources.add("big.sml", vec![b'#'; (1 << 20) + 1]);
    sources.add("latin.sml", b"A = 1\nB = '\xe9'\n".to_vec());
    sources.add("deep.sml", format!("A = {}1", "(".repeat(100_000)));
    sources.add("config.yaml", "labels: [1]\nodd: 1\n");
    let found = found(&sources);
    let all: Vec<String> =
        found.iter().map(|one| format!("{}:{} {}", one.path, one.line, one.code)).collect();
    assert_eq!(
        all,
        [
            "big.sml:0 too-large",
            "config.yaml:0 config",
            "config.yaml:0 config",
            "deep.sml:1 too-deep",
            "latin.sml:0 encoding",
            "main.sml:2 syntax"
        ]
    );
    check(&Sources::new(), &["main.sml:0:0 no-main: there is no main.sml"]);
}

#[test]
fn labels_are_held_to_their_configuration() {
    let sources = Sources::new().with("config.yaml", "labels: {spam: {valid_for: [User]}}").with(
        "main.sml",
        "Ip: Entity[str] = EntityJson(type='Ip', path='$.ip')\nA = LabelAdd(entity=Ip, label='spam')\n\
         B = HasLabel(entity=Ip, label='spma')\nC = HasLabel(entity=Ip, label='spam', status='gone')\n",
    );
    check(
        &sources,
        &[
            "main.sml:2:31 label: label `spam` is not valid for this entity type: `Ip`",
            "main.sml:3:31 argument: failed to validate argument `label` for `HasLabel(…)`: unknown label: `spma`",
            "main.sml:4:46 argument: failed to validate argument `status` for `HasLabel(…)`: unknown label status: `gone`",
        ],
    );
}

#[test]
fn secrets_do_not_flow_into_what_is_shown() {
    main_only(
        "S: Secret[str] = JsonData(path='$.s')\nA = S\nB = StringLength(s=S)\nC = f'{S}'\nD = S == 'x'\nE: Secret[int] = StringLength(s=S)\n",
        &[
            "main.sml:2:5 secret: assignments can not include non-extractable features if they are not marked Secret",
            "main.sml:3:5 secret: assignments can not include non-extractable features if they are not marked Secret",
            "main.sml:4:8 secret: a secret cannot be put into a format string",
        ],
    );
}

#[test]
fn a_case_goes_no_further_ahead_than_a_rule_may_let_it() {
    let text = |steps: &str| {
        format!(
            "A = Rule(when_all=[True], description='a')\nWhenRules(rules_any=[A], then=[SendToReview(policy='spam', priority={steps})])\n"
        )
    };
    main_only(&text("4"), &[]);
    for steps in ["5", "99999999999999999999"] {
        main_only(&text(steps), &["main.sml:2:69 priority: a priority is a whole number from 0 to 4"]);
    }
}
