//! The slow, obvious twin of the evaluator: a walk over the checked trees, nothing shared, nothing folded.

use super::json::Document;
use super::value::{Fault, Outcome, Value};
use super::world::{Action, World};
use super::{JsonOp, operators, python};
use crate::builtins::call::{Arguments, Operand};
use crate::check::{self, typed::*};
use crate::compile::Program;
use crate::host::Clock;
use crate::source::Sources;
use proptest::prelude::*;
use std::fmt::Write;

struct Twin<'w, 'e> {
    world: World<'w, 'e>,
    /// By definition.
    values: Vec<Value<'e>>,
    effects: Vec<(EffectKind, Vec<Value<'e>>)>,
    errors: usize,
}

impl<'e> Twin<'_, 'e> {
    fn caught(&mut self, outcome: Outcome<'e>) -> Value<'e> {
        outcome.unwrap_or_else(|fault| {
            self.errors += usize::from(matches!(fault, Fault::Error(_)));
            Value::Failed
        })
    }

    fn all(&mut self, items: &[Typed]) -> Vec<Value<'e>> {
        items.iter().map(|item| self.value(item)).collect()
    }

    fn value(&mut self, typed: &Typed) -> Value<'e> {
        match &typed.kind {
            TypedKind::Bad => panic!("a checked tree has no mistakes"),
            TypedKind::Constant(constant) => Value::from(constant),
            TypedKind::Name(id) => self.values[*id].clone(),
            TypedKind::List(items) => {
                let items = self.all(items);
                if items.iter().any(Value::is_failed) { Value::Failed } else { Value::list(items) }
            }
            TypedKind::Format(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        TypedPiece::Text(plain) => text.push_str(plain),
                        TypedPiece::Value(value) => match self.value(value) {
                            Value::Failed => return Value::Failed,
                            value => text.push_str(&python::to_str(&value)),
                        },
                    }
                }
                Value::text(&text)
            }
            TypedKind::Compare(comparator, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.caught(operators::compare(*comparator, &left, &right))
            }
            TypedKind::All(operands) => Value::Bool(self.all(operands).iter().all(Value::is_true)),
            TypedKind::Any(operands) => Value::Bool(self.all(operands).iter().any(Value::is_true)),
            TypedKind::Not(operand) => match self.value(operand) {
                Value::Failed => Value::Failed,
                value => Value::Bool(!value.is_true()),
            },
            TypedKind::Negate(operand) => match self.value(operand) {
                Value::Failed => Value::Failed,
                value => self.caught(operators::negate(&value)),
            },
            TypedKind::Arithmetic(operator, left, right) => match (self.value(left), self.value(right)) {
                (Value::Failed, _) | (_, Value::Failed) => Value::Failed,
                (left, right) => self.caught(operators::arithmetic(*operator, &left, &right)),
            },
            TypedKind::Unwrap(inner) => self.value(inner).unwrapped(),
            TypedKind::Json(read) => self.json(read),
            TypedKind::Rule { index, when_all, description } => {
                match (self.value(when_all), self.value(description)) {
                    (Value::List(items), text) if !text.is_failed() => {
                        Value::Rule(*index, items.iter().all(Value::is_true))
                    }
                    _ => Value::Failed,
                }
            }
            TypedKind::Effect(kind, arguments) => {
                let arguments = self.all(arguments);
                if arguments[0].is_failed() {
                    return Value::Failed;
                }
                self.effects.push((*kind, arguments));
                Value::Effect(self.effects.len() as u32 - 1)
            }
            TypedKind::Buckets { .. } => panic!("the sets of this test have no experiments"),
            TypedKind::Call(ready, arguments) => {
                let slots = self.all(arguments);
                if ready.absorbs.iter().zip(&slots).any(|(absorbs, value)| !absorbs && value.is_failed()) {
                    return Value::Failed;
                }
                let operands: Vec<Operand> = (0..slots.len() as u32).map(Operand::Slot).collect();
                let arguments = Arguments { slots: &slots, constants: &[], operands: &operands };
                let outcome = ready.function.call(&arguments, &mut self.world);
                self.caught(outcome)
            }
        }
    }

    fn json(&mut self, read: &JsonRead) -> Value<'e> {
        let slots = [self.value(&read.required), self.value(&read.coerce)];
        let op = JsonOp {
            path: read.path.clone(),
            entity_type: read.entity_type.clone(),
            wanted: read.wanted.clone(),
            is_secret: read.is_secret,
        };
        let arguments =
            Arguments { slots: &slots, constants: &[], operands: &[Operand::Slot(0), Operand::Slot(1)] };
        let outcome = op.evaluate(&arguments, &mut self.world);
        self.caught(outcome)
    }
}

/// Features, verdicts, label mutations and the number of errors, as one text.
fn by_walking(sources: &Sources, action: Action<'_>) -> String {
    let checked = check::check(sources).unwrap();
    let mut clock = Clock(0);
    let mut twin = Twin {
        world: World::new(action, &mut clock),
        values: vec![Value::Failed; checked.definitions.len()],
        effects: Vec::new(),
        errors: 0,
    };
    let (mut features, mut emitted) = (Vec::new(), Vec::new());
    for step in checked.files.iter().flat_map(|file| &file.steps) {
        match step {
            Step::Define(id) => {
                let definition = &checked.definitions[*id];
                let value = twin.value(&definition.value);
                if definition.is_feature {
                    features.push((definition.name.to_string(), python::to_str(&value.unwrapped())));
                }
                twin.values[*id] = value;
            }
            Step::When { rules, effects } => {
                let rules = twin.all(rules);
                let effects = twin.all(effects);
                if rules.iter().any(|rule| matches!(rule, Value::Rule(_, true))) {
                    emitted.extend(effects);
                }
            }
            Step::Require { .. } => panic!("the sets of this test are one file"),
        }
    }
    let (mut verdicts, mut labels) = (Vec::new(), Vec::new());
    for effect in emitted {
        let Value::Effect(number) = effect else { continue };
        match &twin.effects[number as usize] {
            (EffectKind::Verdict, arguments) => verdicts.push(python::to_str(&arguments[0])),
            (EffectKind::Signal | EffectKind::Review | EffectKind::Hold | EffectKind::Platform(_), _) => {
                panic!("the sets of this test send nothing")
            }
            (kind, arguments) => {
                let Value::Entity(entity) = &arguments[0] else { panic!("labels are set on entities") };
                let status = u8::from(*kind == EffectKind::LabelAdd);
                labels.push(format!("{}/{}/{status}", entity.kind, python::to_str(&arguments[1])));
            }
        }
    }
    format!("{features:?} {verdicts:?} {labels:?} {}", twin.errors)
}

fn by_program(sources: &Sources, action: Action<'_>) -> String {
    let program = Program::load(sources).unwrap();
    let found = program.evaluate(action, &mut Clock(0));
    let features: Vec<(String, String)> = found
        .features()
        .map(|(name, value)| (name.to_string(), python::to_str(&value.unwrapped())))
        .collect();
    let (verdicts, labels) = (found.verdicts(), found.label_mutations());
    format!("{features:?} {verdicts:?} {labels:?} {}", found.error_count())
}

/// Expressions of the three plain types, over the names that every set of this test begins with.
fn expressions() -> (BoxedStrategy<String>, BoxedStrategy<String>, BoxedStrategy<String>) {
    let text_leaf = prop_oneof![Just("S".to_owned()), Just("U".to_owned()), "'[a-c]{0,3}'"];
    let text = text_leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("StringToUpper(s={text})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} + {right})")),
            Just("f'{I}-{S}'".to_owned()),
            inner.prop_map(|text| format!("ResolveOptional(optional_value=P, default_value={text})")),
        ]
    });
    let text = text
        .prop_filter("the default of an entity's id is typed as text", |text| {
            !text.contains("default_value=U")
        })
        .boxed();
    let own = text.clone();
    let whole_leaf = prop_oneof![
        Just("I".to_owned()),
        Just("J".to_owned()),
        Just("ListLength(list=L)".to_owned()),
        (-3i64..9).prop_map(|number| format!("({number})")),
        own.prop_filter("an entity counts as its id", |_| true)
            .prop_map(|text| format!("StringLength(s={text})")),
    ];
    let whole = whole_leaf
        .prop_recursive(3, 10, 2, |inner| {
            let operator = prop::sample::select(vec!["+", "-", "*", "//", "%", "&", "|", "^", "<<"]);
            prop_oneof![
                (inner.clone(), operator, inner.clone())
                    .prop_map(|(left, op, right)| format!("({left} {op} {right})")),
                inner.prop_map(|whole| format!("(-{whole})")),
            ]
        })
        .boxed();
    let (texts, wholes) = (text.clone(), whole.clone());
    let order = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let truth_leaf = prop_oneof![
        (wholes, order, whole.clone()).prop_map(|(left, op, right)| format!("({left} {op} {right})")),
        (texts.clone(), texts.clone()).prop_map(|(left, right)| format!("({left} == {right})")),
        texts.clone().prop_map(|text| format!("({text} in L)")),
        texts.clone().prop_map(|text| format!("({text} not in ['a', 'bb'])")),
        texts.prop_map(|text| format!("RegexMatch(target={text}, pattern='^a|b$')")),
        Just("(O == None)".to_owned()),
        Just("(O != None and O > 2 and -O < 1)".to_owned()),
        Just("(P != None and StringLength(s=P) > 1)".to_owned()),
    ];
    let truth = truth_leaf
        .prop_recursive(3, 12, 3, |inner| {
            let chain = |word: &'static str| {
                prop::collection::vec(inner.clone(), 2..4)
                    .prop_map(move |operands| format!("({})", operands.join(&format!(" {word} "))))
            };
            prop_oneof![chain("and"), chain("or"), inner.clone().prop_map(|truth| format!("(not {truth})"))]
        })
        .boxed();
    (text, whole, truth)
}

fn rule_set() -> impl Strategy<Value = String> {
    let (text, whole, truth) = expressions();
    let conditions = prop::collection::vec(truth.clone(), 0..4);
    (
        prop::collection::vec(text, 1..4),
        prop::collection::vec(whole, 1..4),
        prop::collection::vec(truth, 1..4),
        prop::collection::vec((conditions, any::<bool>()), 1..4),
    )
        .prop_map(|(texts, wholes, truths, rules)| {
            let mut set = String::from(
                "U: Entity[str] = EntityJson(type='User', path='$.u')\nI: int = JsonData(path='$.i')\n\
                 J: int = JsonData(path='$.j', required=False)\nO: Optional[int] = JsonData(path='$.o')\n\
                 P: Optional[str] = JsonData(path='$.p')\nS: str = JsonData(path='$.s')\nL: List[str] = JsonData(path='$.l')\n",
            );
            for (prefix, all) in [("Text", texts), ("Whole", wholes), ("Truth", truths)] {
                for (number, expression) in all.iter().enumerate() {
                    writeln!(set, "{prefix}{number} = {expression}").unwrap();
                }
            }
            for (number, (conditions, described)) in rules.iter().enumerate() {
                let description = if *described { "f'{J}'" } else { "'d'" };
                writeln!(set, "R{number} = Rule(when_all=[{}], description={description})", conditions.join(", ")).unwrap();
                writeln!(
                    set,
                    "WhenRules(rules_any=[R{number}, R0], then=[DeclareVerdict(verdict=S), LabelAdd(entity=U, label='l')])"
                )
                .unwrap();
            }
            set
        })
}

fn event() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        3 => Just(String::new()),
        2 => Just("null".to_owned()),
        6 => (-4i64..9).prop_map(|number| number.to_string()),
        6 => "\"[a-c]{0,3}\"",
        2 => prop::collection::vec("\"[a-c]{0,2}\"", 0..3).prop_map(|items| format!("[{}]", items.join(","))),
        1 => Just("2.5".to_owned()),
        1 => Just("true".to_owned()),
        1 => Just("92233720368547758070".to_owned()),
    ];
    prop::collection::vec(value, 7).prop_map(|values| {
        let members: Vec<String> = ["u", "i", "j", "o", "p", "s", "l"]
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        format!("{{{}}}", members.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_program_gives_what_walking_the_trees_gives(set in rule_set(), events in prop::collection::vec(event(), 4)) {
        let sources = Sources::new().with("main.sml", &set).with("config.yaml", "labels: {l: {valid_for: [User]}}");
        if let Err(found) = Program::load(&sources) {
            let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
            panic!("{}\n{set}", texts.join("\n"));
        }
        for event in &events {
            let document = Document::parse(event.as_bytes()).unwrap();
            let action = Action { id: 1, name: "n", time: 0, data: &document, secret_data: None };
            prop_assert_eq!(by_walking(&sources, action), by_program(&sources, action), "{}\n{}", event, set);
        }
    }
}
