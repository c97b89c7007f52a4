//! Calls: which function, which arguments, constants, and the functions that the language itself knows.

use super::expressions::bad;
use super::typed::{EffectKind, JsonRead, Ready, RuleNames, Step, Typed, TypedKind};
use super::types::{Accepted, Marks, Type};
use super::{Checker, typed};
use crate::builtins::call::{Constants, Problem};
use crate::builtins::signature::{Constant, Parameter, Signature};
use crate::builtins::{self, Builtin, Special};
use crate::diagnostics::{Diagnostic, Severity, Span, nearest};
use crate::eval::path::Path;
use crate::syntax::tree::{Argument, Assign, Call, Expression, Kind, Literal, Piece, is_local};
use cordon_model::limits::{RULE_HOLD_HOURS_MAX, RULE_PRIORITY_MAX};
use num_traits::ToPrimitive;
use std::cell::RefCell;
use std::sync::Arc;

/// The assignment that a call stands in, directly.
#[derive(Clone, Copy)]
pub(super) struct Assigned<'a> {
    pub(super) assign: &'a Assign,
    pub(super) annotated: Option<&'a (Type, Marks)>,
}

/// What an expression stands for where a constant is wanted, by its form alone.
pub(super) fn literal_constant(expression: &Expression) -> Option<Constant> {
    match &expression.kind {
        Kind::List(items) => items.iter().map(one_literal).collect::<Option<Vec<_>>>().map(Constant::List),
        _ => one_literal(expression).map(Constant::One),
    }
}

fn one_literal(expression: &Expression) -> Option<Literal> {
    match &expression.kind {
        Kind::Literal(literal) => Some(literal.clone()),
        Kind::Negate(operand) => match &operand.kind {
            Kind::Literal(Literal::Int(number)) => Some(Literal::Int(-number.clone())),
            Kind::Literal(Literal::Float(number)) => Some(Literal::Float(-number)),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn constant_text(value: &Typed) -> Option<Arc<str>> {
    match &value.kind {
        TypedKind::Constant(Constant::One(Literal::Str(text))) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn constant_texts(value: &Typed) -> Vec<Arc<str>> {
    let TypedKind::Constant(Constant::List(items)) = &value.kind else { return Vec::new() };
    items
        .iter()
        .filter_map(|item| match item {
            Literal::Str(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

fn constant_type(constant: &Constant) -> Type {
    let one = |literal: &Literal| match literal {
        Literal::None => Type::None,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Float(_) => Type::Float,
        Literal::Str(_) => Type::Str,
    };
    match constant {
        Constant::One(literal) => one(literal),
        Constant::List(items) => {
            let mut kinds: Vec<Type> = items.iter().map(one).collect();
            kinds.dedup();
            match kinds.as_slice() {
                [] => Type::list(Type::Any),
                [kind] => Type::list(kind.clone()),
                _ => Type::list(Type::Union(kinds)),
            }
        }
    }
}

fn constant(value: Constant, span: Span) -> Typed {
    let ty = constant_type(&value);
    Typed { kind: TypedKind::Constant(value), ty, span }
}

/// A list of constants written in place.
fn constant_list(items: &[Typed]) -> Option<Constant> {
    let one = |item: &Typed| match &item.kind {
        TypedKind::Constant(Constant::One(literal)) => Some(literal.clone()),
        _ => None,
    };
    items.iter().map(one).collect::<Option<Vec<_>>>().map(Constant::List)
}

impl<'t> Checker<'t> {
    pub(super) fn call(&mut self, call: &'t Call, span: Span, assigned: Option<Assigned<'_>>) -> Typed {
        let keywords: Vec<&str> = call.arguments.iter().map(|argument| &*argument.name).collect();
        let Some(builtin) = builtins::find_for(&call.function, &keywords) else {
            if let Some(instead) = builtins::left_out(&call.function) {
                let message = format!("`{}` is knowingly left out", call.function);
                self.error(call.function_span, "left-out-function", message, instead);
                return bad(span);
            }
            let hint = nearest(&call.function, builtins::all().map(Builtin::name)).map_or_else(
                || {
                    "functions of a platform's own plugins are not known here: read what it gave from the event with \
                     JsonData(…), or write SendSignal(…) for what it did; `cordon rules docs` lists the functions there are"
                        .to_owned()
                },
                |near| format!("did you mean `{near}`?"),
            );
            self.error(
                call.function_span,
                "unknown-function",
                format!("unknown function: `{}`", call.function),
                hint,
            );
            for argument in &call.arguments {
                self.expression(&argument.value);
            }
            return bad(span);
        };
        let signature = Signature::read(builtin.signature);
        if signature.result.is_none() {
            let message = format!(
                "you cannot store or use the result of `{}` because it has no return value",
                call.function
            );
            self.error(span, "no-result", message, "write it as a line of its own");
            return bad(span);
        }
        if builtin.special == Special::ExperimentWhen {
            return self.experiment_when(call, span);
        }
        let is_complete = self.check_keywords(call, &signature, span);
        let Some(arguments) = self.arguments(call, &signature, builtin, span).filter(|_| is_complete) else {
            return bad(span);
        };
        match builtin.special {
            Special::JsonData | Special::EntityJson => self.json(builtin, call, arguments, span, assigned),
            Special::Rule => self.rule(call, arguments, span, assigned),
            Special::Effect(kind) => self.effect(kind, call, arguments, span),
            _ => self.plain_call(builtin, &signature, call, arguments, span, assigned),
        }
    }

    fn check_keywords(&mut self, call: &'t Call, signature: &Signature, span: Span) -> bool {
        let mut sound = true;
        for argument in &call.arguments {
            if signature.parameters.iter().any(|parameter| parameter.name == &*argument.name) {
                continue;
            }
            let names: Vec<&str> = signature.parameters.iter().map(|parameter| parameter.name).collect();
            let hint = match nearest(&argument.name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("valid ones: {}", names.join(", ")),
            };
            let message = format!("unknown keyword argument: `{}`", argument.name);
            self.error(argument.name_span, "unknown-argument", message, hint);
            self.expression(&argument.value);
            sound = false;
        }
        let missing: Vec<String> = signature
            .parameters
            .iter()
            .filter(|parameter| parameter.default.is_none() && call.argument(parameter.name).is_none())
            .map(|parameter| format!("`{}: {}`", parameter.name, parameter.wanted))
            .collect();
        if !missing.is_empty() {
            let message = format!("{} missing keyword argument(s): {}", missing.len(), missing.join(", "));
            self.error(span, "missing-argument", message, "add them as name=value");
            sound = false;
        }
        sound
    }

    /// One value for each parameter; nothing if one has a mistake.
    fn arguments(
        &mut self,
        call: &'t Call,
        signature: &Signature,
        builtin: &Builtin,
        span: Span,
    ) -> Option<Vec<Typed>> {
        let mut variable: Option<Type> = None;
        let mut all = Vec::new();
        let mut sound = true;
        for parameter in &signature.parameters {
            let Some(argument) = call.argument(parameter.name) else {
                let default = parameter.default.clone().unwrap_or(Constant::One(Literal::None));
                all.push(constant(default, span));
                continue;
            };
            let typed = if parameter.is_constant {
                self.constant_argument(parameter, argument)
            } else {
                let typed = self.expression(&argument.value);
                self.fit_argument(builtin, parameter, argument, typed, &mut variable)
            };
            sound &= typed.is_some();
            all.extend(typed);
        }
        sound.then_some(all)
    }

    fn constant_argument(&mut self, parameter: &Parameter, argument: &'t Argument) -> Option<Typed> {
        let span = argument.value.span;
        let value = match &argument.value.kind {
            Kind::Name(name) => {
                let id = self.resolve(name, span)?;
                self.definitions.get(id).and_then(Option::as_ref).and_then(|known| known.constant.clone())
            }
            _ => literal_constant(&argument.value),
        };
        let Some(value) = value else {
            let message = format!(
                "invalid argument type: `{}` must be known when the rules load, as a `{}`",
                parameter.name, parameter.wanted
            );
            let hint = "write a literal, a list of literals, or a name bound directly to one";
            self.error(span, "constant-argument", message, hint);
            return None;
        };
        let typed = constant(value, span);
        if typed.ty.accepted_by(&parameter.wanted) != Accepted::AsIs {
            let message = format!(
                "argument `{}` has incompatible type: it is `{}`, expected `{}`",
                parameter.name, typed.ty, parameter.wanted
            );
            self.error(span, "type", message, "");
            return None;
        }
        Some(typed)
    }

    fn fit_argument(
        &mut self,
        builtin: &Builtin,
        parameter: &Parameter,
        argument: &Argument,
        typed: Typed,
        variable: &mut Option<Type>,
    ) -> Option<Typed> {
        let generic = match &parameter.wanted {
            Type::Variable => true,
            Type::Union(members) => members.contains(&Type::Variable),
            _ => false,
        };
        if generic {
            return self.fit_generic(builtin, argument, typed, variable);
        }
        match typed.ty.accepted_by(&parameter.wanted) {
            Accepted::AsIs => Some(typed),
            Accepted::Unwrapped => Some(typed.unwrapped()),
            Accepted::No => {
                let message = format!(
                    "argument `{}` to `{}` has incompatible type: it is `{}`, expected `{}`",
                    parameter.name,
                    builtin.name(),
                    typed.ty,
                    parameter.wanted
                );
                let hint = if typed.ty == Type::list(Type::Rule) && parameter.wanted == Type::list(Type::Bool)
                {
                    "a rule within the list is written `OtherRule or False` or `OtherRule == True`"
                } else if typed.ty.accepts_none() {
                    "give a default first, with ResolveOptional"
                } else {
                    ""
                };
                self.error(argument.value.span, "type", message, hint);
                None
            }
        }
    }

    /// Binds the type variable at its first argument, and holds the others to it.
    fn fit_generic(
        &mut self,
        builtin: &Builtin,
        argument: &Argument,
        typed: Typed,
        variable: &mut Option<Type>,
    ) -> Option<Typed> {
        let own = typed.ty.converted().unwrap_or_else(|| typed.ty.clone()).without_none();
        if own == Type::None {
            return Some(typed);
        }
        // An entity passes as the object that it is; everything else as its plain value.
        let typed = match &typed.ty {
            Type::Entity(_) => typed,
            ty if ty.converted().is_some() => typed.unwrapped(),
            _ => typed,
        };
        match variable {
            None => *variable = Some(own),
            Some(bound) if *bound != own && own != Type::Unknown && *bound != Type::Unknown => {
                let message =
                    format!("conflicting generic types in `{}`: `{bound}` and `{own}`", builtin.name());
                self.error(argument.value.span, "type", message, "both must have the same type");
                return None;
            }
            Some(_) => {}
        }
        // The type that was inferred stands for the call's result.
        Some(Typed { ty: variable.clone().unwrap_or(Type::Unknown), ..typed })
    }

    fn plain_call(
        &mut self,
        builtin: &'static Builtin,
        signature: &Signature,
        call: &'t Call,
        arguments: Vec<Typed>,
        span: Span,
        assigned: Option<Assigned<'_>>,
    ) -> Typed {
        if builtin.special == Special::Experiment && assigned.is_none() {
            self.error(
                span,
                "experiment",
                "an experiment must be assigned to a name",
                "write Name = Experiment(…)",
            );
            return bad(span);
        }
        let values = signature.parameters.iter().zip(&arguments).map(|(parameter, argument)| {
            let value = match &argument.kind {
                TypedKind::Constant(constant) => Some(constant.clone()),
                TypedKind::Name(id) => self.constant_of(*id),
                TypedKind::List(items) => constant_list(items),
                _ => None,
            };
            (parameter.name, value)
        });
        let constants = Constants {
            values: values.collect(),
            target: assigned.map(|assigned| assigned.assign.name.clone()),
            labels: self.labels,
            lists: &self.lists,
            warnings: RefCell::default(),
        };
        let made = builtin.make.at(&constants);
        for warning in constants.warnings.into_inner() {
            self.warning(call, span, &warning);
        }
        let function = match made {
            Ok(function) => Arc::from(function),
            Err(problem) => {
                self.problem(builtin, call, span, &problem);
                return bad(span);
            }
        };
        let ready = Ready {
            builtin,
            function,
            absorbs: signature.parameters.iter().map(Parameter::absorbs_failure).collect(),
        };
        let ty = self.result_type(signature, &arguments);
        Typed { kind: TypedKind::Call(ready, arguments), ty, span }
    }

    /// The constant that a name is bound to directly.
    fn constant_of(&self, id: typed::DefinitionId) -> Option<Constant> {
        self.definitions.get(id).and_then(Option::as_ref).and_then(|known| known.constant.clone())
    }

    fn result_type(&self, signature: &Signature, arguments: &[Typed]) -> Type {
        let bound = || {
            signature
                .parameters
                .iter()
                .zip(arguments)
                .find(|(parameter, argument)| {
                    let generic = match &parameter.wanted {
                        Type::Variable => true,
                        Type::Union(members) => members.contains(&Type::Variable),
                        _ => false,
                    };
                    generic && argument.ty != Type::None
                })
                .map_or(Type::Unknown, |(_, argument)| argument.ty.clone())
        };
        match signature.result.clone() {
            Some(Type::Variable) => bound(),
            Some(Type::Entity(id)) if *id == Type::Variable => Type::Entity(Box::new(bound())),
            other => other.unwrap_or(Type::Unknown),
        }
    }

    fn warning(&mut self, call: &Call, span: Span, problem: &Problem) {
        let at = problem.argument.and_then(|name| call.argument(name));
        let span = at.map_or(span, |argument| argument.value.span);
        if let Some(file) = self.files.get(self.file) {
            let (message, hint) = (problem.message.clone(), problem.hint.clone());
            let warning = Diagnostic::at(&file.path, &file.text, span, "no-list", message, hint);
            self.warnings.push(Diagnostic { severity: Severity::Warning, ..warning });
        }
    }

    fn problem(&mut self, builtin: &Builtin, call: &Call, span: Span, problem: &Problem) {
        let at = problem
            .argument
            .and_then(|name| call.argument(name))
            .map_or(span, |argument| argument.value.span);
        let message = match problem.argument {
            Some(name) => {
                format!(
                    "failed to validate argument `{name}` for `{}(…)`: {}",
                    builtin.name(),
                    problem.message
                )
            }
            None => format!("`{}(…)`: {}", builtin.name(), problem.message),
        };
        self.error(at, "argument", message, problem.hint.clone());
    }

    fn json(
        &mut self,
        builtin: &'static Builtin,
        call: &'t Call,
        arguments: Vec<Typed>,
        span: Span,
        assigned: Option<Assigned<'_>>,
    ) -> Typed {
        let name = builtin.name();
        let Some(assigned) = assigned else {
            let message =
                format!("the result of `{name}` must be assigned to a variable with a type annotation");
            self.error(span, "dynamic-result", message, format!("write Name: str = {name}(…) first"));
            return bad(span);
        };
        let is_entity = builtin.special == Special::EntityJson;
        let Some((wanted, marks)) = assigned.annotated.cloned() else {
            let message =
                format!("`{name}` returns a dynamic result, and the assignment must have a type annotation");
            let hint = if is_entity { "write Name: Entity[str] = …" } else { "write Name: str = …" };
            self.error(span, "dynamic-result", message, hint);
            return bad(span);
        };
        let mut arguments = arguments.into_iter();
        let entity_type =
            if is_entity { arguments.next().and_then(|kind| constant_text(&kind)) } else { None };
        let fits = match &wanted {
            Type::Unknown => true,
            Type::Entity(_) => is_entity,
            _ => !is_entity,
        };
        if !fits {
            let message =
                format!("annotation `{wanted}` is incompatible with generic return type of `{name}`");
            let hint =
                if is_entity { "annotate Entity[str] or Entity[int]" } else { "use EntityJson for entities" };
            self.error(span, "type", message, hint);
            return bad(span);
        }
        let (Some(path), Some(required), Some(coerce)) =
            (arguments.next(), arguments.next(), arguments.next())
        else {
            return bad(span);
        };
        let path_text = constant_text(&path).unwrap_or_default();
        let path = match Path::parse(&path_text) {
            Ok(path) => path,
            Err(message) => {
                let hint = "a path is written $.user.id, $.list[0] or $['odd name']";
                self.problem(builtin, call, span, &Problem::new("path", message, hint));
                return bad(span);
            }
        };
        let coerce = if marks.secret { constant(Constant::One(Literal::Bool(false)), span) } else { coerce };
        let read = JsonRead {
            path,
            path_text,
            entity_type,
            wanted: wanted.clone(),
            is_secret: marks.secret && !is_entity,
            required,
            coerce,
        };
        Typed { kind: TypedKind::Json(Box::new(read)), ty: wanted, span }
    }

    fn rule(
        &mut self,
        call: &'t Call,
        arguments: Vec<Typed>,
        span: Span,
        assigned: Option<Assigned<'_>>,
    ) -> Typed {
        let Some(assigned) = assigned.filter(|assigned| !is_local(&assigned.assign.name)) else {
            let message = "rules must be assigned directly to a non-local variable";
            self.error(span, "rule", message, "write Name = Rule(…)");
            return bad(span);
        };
        let Some(description) = call.argument("description") else { return bad(span) };
        let (template, interpolated) = match &description.value.kind {
            Kind::Literal(Literal::Str(text)) => {
                if let Some(name) = braced(text) {
                    let message = "variable interpolation attempted in non-format string";
                    self.error(description.value.span, "rule", message, format!("write f'… {{{name}}} …'"));
                }
                (text.to_string(), Vec::new())
            }
            Kind::Format(pieces) => self.template(pieces),
            _ => {
                let message = "a description must be a string or a format string, written in place";
                self.error(description.value.span, "rule", message, "write description='…'");
                return bad(span);
            }
        };
        let mut arguments = arguments.into_iter();
        let (Some(when_all), Some(description)) = (arguments.next(), arguments.next()) else {
            return bad(span);
        };
        let index = u32::try_from(self.checked.rules.len()).unwrap_or(u32::MAX);
        let name = assigned.assign.name.clone();
        self.checked.rules.push(RuleNames { name, description: template, interpolated });
        let kind =
            TypedKind::Rule { index, when_all: Box::new(when_all), description: Box::new(description) };
        Typed { kind, ty: Type::Rule, span }
    }

    fn template(&self, pieces: &[Piece]) -> (String, Vec<typed::DefinitionId>) {
        let (mut template, mut names) = (String::new(), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(text) => template.push_str(text),
                Piece::Name(name, _) => {
                    template.push_str(&format!("{{{name}}}"));
                    names.extend(self.names.find(self.file, name));
                }
            }
        }
        (template, names)
    }

    fn effect(&mut self, kind: EffectKind, call: &'t Call, arguments: Vec<Typed>, span: Span) -> Typed {
        if kind.is_label() {
            self.check_label(call, &arguments);
        }
        if kind == EffectKind::Hold {
            self.check_hold(call, &arguments);
        }
        if kind == EffectKind::Review {
            self.check_priority(call, &arguments);
        }
        Typed { kind: TypedKind::Effect(kind, arguments), ty: Type::Effect, span }
    }

    /// Whether a hold is as long as a hold may be.
    fn check_hold(&mut self, call: &'t Call, arguments: &[Typed]) {
        let hours = match arguments.get(1).map(|hours| &hours.kind) {
            Some(TypedKind::Constant(Constant::One(Literal::Int(hours)))) => hours.to_f64(),
            Some(TypedKind::Constant(Constant::One(Literal::Float(hours)))) => Some(*hours),
            // It is no number: told already.
            _ => return,
        };
        if hours.is_some_and(|hours| hours > 0.0 && hours <= RULE_HOLD_HOURS_MAX as f64) {
            return;
        }
        let span = call.argument("hours").map_or(call.function_span, |argument| argument.value.span);
        let message = format!("a hold lasts more than 0 and at most {RULE_HOLD_HOURS_MAX} hours");
        let hint = "what is to last longer is a decision: SendToReview(policy=…) puts it before people";
        self.error(span, "hold", message, hint);
    }

    /// Whether a case goes no further ahead than a rule may let it.
    fn check_priority(&mut self, call: &'t Call, arguments: &[Typed]) {
        let Some(TypedKind::Constant(Constant::One(Literal::Int(steps)))) =
            arguments.get(2).map(|steps| &steps.kind)
        else {
            return;
        };
        if steps.to_u32().is_some_and(|steps| steps <= RULE_PRIORITY_MAX) {
            return;
        }
        let span = call.argument("priority").map_or(call.function_span, |argument| argument.value.span);
        let message = format!("a priority is a whole number from 0 to {RULE_PRIORITY_MAX}");
        let hint = "each step is worth as much as twice the harm; what must be seen by a certain time is a report of an authority";
        self.error(span, "priority", message, hint);
    }

    fn check_label(&mut self, call: &'t Call, arguments: &[Typed]) {
        let (Some(entity), Some(label)) = (arguments.first(), arguments.get(1)) else { return };
        let Some(label) = constant_text(label) else { return };
        let span = call.argument("label").map_or(call.function_span, |argument| argument.value.span);
        let Some(valid_for) = self.labels.get(&*label) else {
            let hint = unknown_label_hint(&label, self.labels);
            self.error(span, "label", format!("unknown label: `{label}`"), hint);
            return;
        };
        let known = match &entity.kind {
            TypedKind::Name(id) => {
                self.definitions.get(*id).and_then(Option::as_ref).and_then(|known| known.entity_type.clone())
            }
            // An entity made in place is not looked at, as in Osprey.
            _ => None,
        };
        if let Some(kind) = known.filter(|kind| !valid_for.contains(kind)) {
            let message = format!("label `{label}` is not valid for this entity type: `{kind}`");
            let names: Vec<&str> = valid_for.iter().map(|kind| &**kind).collect();
            let hint = format!("its `valid_for` in the configuration is [{}]", names.join(", "));
            self.error(span, "label", message, hint);
        }
    }

    fn experiment_when(&mut self, call: &'t Call, span: Span) -> Typed {
        let Some(argument) = call.argument("experiment") else {
            let message = "1 missing keyword argument(s): `experiment: Experiment`";
            self.error(span, "missing-argument", message, "name the experiment: experiment=Name");
            return bad(span);
        };
        let experiment = self.expression(&argument.value);
        let buckets = match &experiment.kind {
            TypedKind::Name(id) => {
                self.definitions.get(*id).and_then(Option::as_ref).and_then(|known| known.buckets.clone())
            }
            _ => None,
        };
        let Some(buckets) = buckets else {
            if experiment.ty != Type::Unknown {
                let message = "`experiment` must be the name of an experiment";
                self.error(argument.value.span, "experiment", message, "write Name = Experiment(…) first");
            }
            return bad(span);
        };
        for other in call.arguments.iter().filter(|other| &*other.name != "experiment") {
            if !buckets.contains(&other.name) {
                let message = format!("unexpected bucket: `{}`", other.name);
                self.error(
                    other.name_span,
                    "experiment",
                    message,
                    format!("buckets: {}", buckets.join(", ")),
                );
            }
        }
        let mut lists = Vec::new();
        for bucket in &buckets {
            let Some(argument) = call.argument(bucket) else {
                self.error(
                    span,
                    "experiment",
                    format!("missing bucket: `{bucket}`"),
                    format!("add {bucket}=[…]"),
                );
                continue;
            };
            let list = self.expression(&argument.value);
            if list.ty.accepted_by(&Type::list(Type::Bool)) != Accepted::AsIs {
                let message = format!("bucket `{bucket}` is `{}`, expected `list[bool]`", list.ty);
                self.error(argument.value.span, "type", message, "");
            }
            lists.push(list);
        }
        let control = buckets.iter().position(|bucket| &**bucket == "control").unwrap_or(0);
        let kind = TypedKind::Buckets { experiment: Box::new(experiment), control, lists };
        Typed { kind, ty: Type::list(Type::Bool), span }
    }

    pub(super) fn check_import(&mut self, call: &'t Call, span: Span) {
        let Some(signature) = builtins::find("Import").map(|import| Signature::read(import.signature)) else {
            return;
        };
        self.check_keywords(call, &signature, span);
        if let (Some(parameter), Some(argument)) = (signature.parameters.first(), call.argument("rules")) {
            self.constant_argument(parameter, argument);
        }
    }

    pub(super) fn require(&mut self, call: &'t Call, span: Span) -> Option<Step> {
        let signature = builtins::find("Require").map(|require| Signature::read(require.signature))?;
        let is_complete = self.check_keywords(call, &signature, span);
        let condition = match call.argument("require_if") {
            Some(argument) => self.expression_bool(&argument.value, "`require_if` must be a bool"),
            None => constant(Constant::One(Literal::Bool(true)), span),
        };
        let argument = call.argument("rule").filter(|_| is_complete)?;
        let path = &argument.value;
        let pattern = match &path.kind {
            Kind::Literal(Literal::Str(text)) => vec![Some(text.to_string())],
            Kind::Format(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Some(text.clone()),
                    Piece::Name(..) => None,
                })
                .collect(),
            _ => {
                let message = "`rule` must be written as a string or a format string";
                self.error(path.span, "require", message, "write rule='folder/file.sml' in place");
                return None;
            }
        };
        let is_literal = matches!(path.kind, Kind::Literal(_));
        if !self.files.iter().any(|file| matches_pattern(&file.path, &pattern)) {
            let text: String = pattern.iter().map(|part| part.as_deref().unwrap_or("*")).collect();
            let message = if is_literal {
                format!("required rule: {text} not found")
            } else {
                format!("{text} would never match any rule files")
            };
            let hint = nearest(&text, self.files.iter().map(|file| &*file.path)).map_or_else(
                || "paths start at the root of the rule set".to_owned(),
                |near| format!("did you mean '{near}'?"),
            );
            self.error(path.span, "require", message, hint);
        }
        let path = self.expression(path);
        Some(Step::Require { path, condition })
    }

    pub(super) fn when_rules(&mut self, call: &'t Call, span: Span) -> Option<Step> {
        let signature = builtins::find("WhenRules").map(|when| Signature::read(when.signature))?;
        let is_complete = self.check_keywords(call, &signature, span);
        let rules = self.list_in_place(call, "rules_any", &Type::Rule);
        let effects = self.list_in_place(call, "then", &Type::Effect);
        is_complete.then_some(Step::When { rules: rules?, effects: effects? })
    }

    fn list_in_place(&mut self, call: &'t Call, name: &str, wanted: &Type) -> Option<Vec<Typed>> {
        let argument = call.argument(name)?;
        let Kind::List(items) = &argument.value.kind else {
            let typed = self.expression(&argument.value);
            if typed.ty != Type::Unknown {
                let message = format!("argument `{name}` to `WhenRules` must be a list, written in place");
                self.error(argument.value.span, "type", message, format!("write {name}=[…]"));
            }
            return None;
        };
        let mut sound = true;
        let mut typed = Vec::new();
        for item in items {
            let item_typed = self.expression(item);
            if !matches!(&item_typed.ty, Type::Unknown) && item_typed.ty != *wanted {
                let message = format!(
                    "argument `{name}` to `WhenRules` has incompatible type: `{}`, expected `{wanted}`",
                    item_typed.ty
                );
                let hint = if *wanted == Type::Rule {
                    "name it first: Name = Rule(when_all=[…], description='…')"
                } else {
                    "effects are made by LabelAdd, LabelRemove and DeclareVerdict"
                };
                self.error(item.span, "type", message, hint);
                sound = false;
            }
            typed.push(item_typed);
        }
        sound.then_some(typed)
    }
}

pub(crate) fn unknown_label_hint(label: &str, labels: &crate::config::Labels) -> String {
    match nearest(label, labels.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "declare it in config.yaml: labels: {name: {valid_for: [EntityType]}}".into(),
    }
}

/// The name within `{…}` of a plain string, if there is one.
fn braced(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        let is_name =
            !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if is_name && !name.starts_with(|letter: char| letter.is_numeric()) {
            return Some(name);
        }
        rest = tail;
    }
    None
}

/// Whether a path can come out of a pattern, whose holes stand for any text, `/` included.
fn matches_pattern(path: &str, pattern: &[Option<String>]) -> bool {
    let (mut rest, mut is_open, last) = (path, false, pattern.len().saturating_sub(1));
    for (at, part) in pattern.iter().enumerate() {
        match part {
            None => is_open = true,
            Some(text) if is_open && at == last => return rest.ends_with(text.as_str()),
            Some(text) if is_open => match rest.find(text.as_str()) {
                Some(found) => {
                    rest = rest.get(found + text.len()..).unwrap_or("");
                    is_open = false;
                }
                None => return false,
            },
            Some(text) => match rest.strip_prefix(text.as_str()) {
                Some(after) => rest = after,
                None => return false,
            },
        }
    }
    is_open || rest.is_empty()
}
