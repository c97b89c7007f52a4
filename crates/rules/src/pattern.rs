//! Python's regular expressions, in the dialect of the engines here.
//!
//! Most patterns run in linear time. Look-around, back-references, conditions and possessive repeats need an engine
//! that steps back; its steps are bounded, and reaching the bound is an error of that event.

use cordon_model::limits::{REGEX_BACKTRACKS_MAX, REGEX_COMPILED_BYTES_MAX, REGEX_PATTERN_BYTES_MAX};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Linear(regex::Regex),
    Stepping(Box<fancy_regex::Regex>),
}

/// Why a pattern gave no answer: it stepped back too often.
#[derive(Debug)]
pub(crate) struct TooManySteps;

impl Pattern {
    /// Compiles a pattern as Python's `re` reads it; the error says what is wrong with it.
    pub(crate) fn compile(pattern: &str, case_insensitive: bool) -> Result<Self, String> {
        if pattern.len() > REGEX_PATTERN_BYTES_MAX {
            return Err(format!("invalid regex pattern: longer than {REGEX_PATTERN_BYTES_MAX} bytes"));
        }
        let translate = |captures: bool| -> Result<(String, bool), String> {
            let mut translator = Translator {
                captures,
                letters: pattern.chars().collect(),
                at: 0,
                out: String::new(),
                steps_back: false,
                flags: Flags { ignore_case: case_insensitive, ..Flags::default() },
                groups: Vec::new(),
                names: Vec::new(),
            };
            translator.run().map_err(|message| format!("invalid regex pattern: {message}"))?;
            Ok((translator.out, translator.steps_back))
        };
        // Without groups to remember, plain words run as plain searches; only references need them.
        let (mut translated, steps_back) = translate(false)?;
        if steps_back {
            translated = translate(true)?.0;
        }
        let first_line = |text: String| {
            let line =
                text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").trim().to_owned();
            format!("invalid regex pattern: {}", line.trim_start_matches("error: "))
        };
        if steps_back {
            let built = fancy_regex::RegexBuilder::new(&translated)
                .backtrack_limit(REGEX_BACKTRACKS_MAX)
                .delegate_size_limit(REGEX_COMPILED_BYTES_MAX)
                .build();
            return built.map(Box::new).map(Self::Stepping).map_err(|error| first_line(error.to_string()));
        }
        let built = regex::RegexBuilder::new(&translated).size_limit(REGEX_COMPILED_BYTES_MAX).build();
        built.map(Self::Linear).map_err(|error| first_line(error.to_string()))
    }

    /// The pattern as the engine that takes linear time reads it, where that one is used.
    pub(crate) fn linear(&self) -> Option<&str> {
        match self {
            Self::Linear(regex) => Some(regex.as_str()),
            Self::Stepping(_) => None,
        }
    }

    /// The text with every match replaced by `with`, as it stands.
    pub(crate) fn replace_all(&self, text: &str, with: &str) -> Result<String, TooManySteps> {
        match self {
            Self::Linear(regex) => Ok(regex.replace_all(text, regex::NoExpand(with)).into_owned()),
            Self::Stepping(regex) => {
                let replaced = regex.try_replacen(text, 0, fancy_regex::NoExpand(with));
                replaced.map(std::borrow::Cow::into_owned).map_err(|_| TooManySteps)
            }
        }
    }

    /// Whether the pattern matches anywhere in a text.
    #[inline]
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, TooManySteps> {
        match self {
            Self::Linear(regex) => Ok(regex.is_match(text)),
            Self::Stepping(regex) => regex.is_match(text).map_err(|_| TooManySteps),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
    ascii: bool,
}

struct Translator {
    /// Whether groups remember what they matched.
    captures: bool,
    letters: Vec<char>,
    at: usize,
    out: String,
    steps_back: bool,
    flags: Flags,
    /// The flags to return to, by open group.
    groups: Vec<Flags>,
    /// Names of groups so far.
    names: Vec<String>,
}

/// Deepest nesting of groups in a pattern.
const GROUPS_MAX: usize = 100;

impl Translator {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek(0)?;
        self.at += 1;
        Some(letter)
    }

    fn eat(&mut self, text: &str) -> bool {
        let fits = text.chars().enumerate().all(|(ahead, letter)| self.peek(ahead) == Some(letter));
        if fits {
            self.at += text.chars().count();
        }
        fits
    }

    fn run(&mut self) -> Result<(), String> {
        self.leading_flags()?;
        let mut inline = String::new();
        for (on, letter) in
            [(self.flags.ignore_case, 'i'), (self.flags.multi_line, 'm'), (self.flags.dot_all, 's')]
        {
            if on {
                inline.push(letter);
            }
        }
        if !inline.is_empty() {
            self.out.push_str(&format!("(?{inline})"));
        }
        // Whether a repeat may stand here, and whether one just stood.
        let (mut may_repeat, mut repeated) = (false, false);
        while let Some(letter) = self.next() {
            let was_repeated = std::mem::take(&mut repeated);
            match letter {
                '*' | '+' | '?' | '{' => {
                    let Some(repeat) = self.repeat(letter) else {
                        self.literal(letter);
                        may_repeat = true;
                        continue;
                    };
                    if was_repeated {
                        return Err("multiple repeat".into());
                    }
                    if !may_repeat {
                        return Err("nothing to repeat".into());
                    }
                    self.out.push_str(&repeat);
                    if self.eat("?") {
                        self.out.push('?');
                    } else if self.eat("+") {
                        self.out.push('+');
                        self.steps_back = true;
                    }
                    repeated = true;
                    continue;
                }
                '(' => {
                    may_repeat = self.group()?;
                    continue;
                }
                ')' => {
                    self.flags = self.groups.pop().ok_or("unbalanced parenthesis")?;
                    self.out.push(')');
                }
                '|' => {
                    self.out.push('|');
                    may_repeat = false;
                    continue;
                }
                '$' if !self.flags.multi_line => self.end_of_text(),
                '^' | '$' | '.' => self.out.push(letter),
                '[' => self.class()?,
                '\\' => self.escape()?,
                ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' if self.flags.verbose => continue,
                '#' if self.flags.verbose => {
                    while self.next().is_some_and(|letter| letter != '\n') {}
                    continue;
                }
                _ => self.literal(letter),
            }
            may_repeat = true;
        }
        if self.groups.is_empty() { Ok(()) } else { Err("missing ), unterminated subpattern".into()) }
    }

    /// Flags of the whole pattern stand at its very start.
    fn leading_flags(&mut self) -> Result<(), String> {
        while self.peek(0) == Some('(') && self.peek(1) == Some('?') {
            let start = self.at;
            self.at += 2;
            let mut flags = self.flags;
            while let Some(letter) = self.peek(0).filter(char::is_ascii_alphabetic) {
                if !set_flag(&mut flags, letter, true) {
                    break;
                }
                self.at += 1;
            }
            if self.at > start + 2 && self.eat(")") {
                self.flags = flags;
            } else {
                self.at = start;
                return Ok(());
            }
        }
        Ok(())
    }

    fn literal(&mut self, letter: char) {
        if letter.is_ascii_punctuation() && letter != '_' {
            self.out.push('\\');
            if matches!(letter, '<' | '>') {
                self.out.pop();
            }
        }
        if letter.is_whitespace() || letter.is_control() {
            self.out.push_str(&format!("\\x{{{:x}}}", u32::from(letter)));
        } else {
            self.out.push(letter);
        }
    }

    /// A repeat that starts with `first`; an opening brace that starts none is a letter.
    fn repeat(&mut self, first: char) -> Option<String> {
        if first != '{' {
            return Some(first.to_string());
        }
        let rest = self.letters.get(self.at..)?;
        let end = rest.iter().position(|letter| *letter == '}')?;
        let inside: String = rest.get(..end)?.iter().collect();
        let (low, high) =
            inside.split_once(',').map_or((inside.as_str(), None), |(low, high)| (low, Some(high)));
        let is_number = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
        if !is_number(low)
            || !high.is_none_or(is_number)
            || (low.is_empty() && high.is_none_or(str::is_empty))
        {
            return None;
        }
        self.at += end + 1;
        let low = if low.is_empty() { "0" } else { low };
        Some(high.map_or_else(|| format!("{{{low}}}"), |high| format!("{{{low},{high}}}")))
    }

    /// The end, or before a newline at the end.
    fn end_of_text(&mut self) {
        let rest = self.letters.get(self.at..).unwrap_or(&[]);
        let nothing_follows = rest.iter().all(|letter| *letter == ')')
            || (rest.first() == Some(&'|') && self.groups.is_empty());
        if nothing_follows {
            // Taking the newline along makes no difference where nothing follows.
            self.out.push_str(r"(?:\n?\z)");
        } else {
            self.steps_back = true;
            self.out.push_str(r"(?=\n?\z)");
        }
    }

    /// Returns whether what was read may be repeated: an opened group may not yet.
    fn group(&mut self) -> Result<bool, String> {
        if self.groups.len() >= GROUPS_MAX {
            return Err("groups nest too deep".into());
        }
        if !self.eat("?") {
            self.open(if self.captures { "(" } else { "(?:" });
            return Ok(false);
        }
        if self.eat("#") {
            while let Some(letter) = self.next() {
                if letter == ')' {
                    return Ok(true);
                }
            }
            return Err("missing ), unterminated comment".into());
        }
        for opening in ["<=", "<!", "=", "!", ">"] {
            if self.eat(opening) {
                self.steps_back = true;
                self.open(&format!("(?{opening}"));
                return Ok(false);
            }
        }
        if self.eat(":") {
            self.open("(?:");
        } else if self.eat("P<") {
            let name = self.until('>')?;
            if name.starts_with(|letter: char| letter.is_numeric()) {
                return Err(format!("bad character in group name '{name}'"));
            }
            if self.names.contains(&name) {
                return Err(format!("redefinition of group name '{name}'"));
            }
            self.names.push(name.clone());
            if self.captures {
                self.open(&format!("(?P<{name}>"));
            } else {
                self.open("(?:");
            }
        } else if self.eat("P=") {
            let name = self.until(')')?;
            self.steps_back = true;
            self.out.push_str(&format!("\\k<{name}>"));
            return Ok(true);
        } else if self.eat("(") {
            let condition = self.until(')')?;
            self.steps_back = true;
            let number = condition.chars().all(|letter| letter.is_ascii_digit());
            self.open(&if number { format!("(?({condition})") } else { format!("(?(<{condition}>)") });
        } else {
            self.scoped_flags()?;
        }
        Ok(false)
    }

    fn open(&mut self, text: &str) {
        self.groups.push(self.flags);
        self.out.push_str(text);
    }

    fn until(&mut self, end: char) -> Result<String, String> {
        let mut name = String::new();
        while let Some(letter) = self.next() {
            if letter == end {
                let is_name = !name.is_empty() && name.chars().all(|l| l.is_alphanumeric() || l == '_');
                return if is_name { Ok(name) } else { Err(format!("bad character in group name '{name}'")) };
            }
            name.push(letter);
        }
        Err("missing group name".into())
    }

    /// `(?i-s:…)`
    fn scoped_flags(&mut self) -> Result<(), String> {
        let mut flags = self.flags;
        let mut on = true;
        loop {
            match self.next() {
                Some('-') if on => on = false,
                Some(':') => break,
                Some(')') => return Err("global flags not at the start of the expression".into()),
                Some(letter) if set_flag(&mut flags, letter, on) => {}
                Some(letter) => return Err(format!("unknown extension ?{letter}")),
                None => return Err("unexpected end of pattern".into()),
            }
        }
        let outer = std::mem::replace(&mut self.flags, flags);
        self.groups.push(outer);
        let (mut set, mut unset) = (String::new(), String::new());
        for (value, letter) in [(flags.ignore_case, 'i'), (flags.multi_line, 'm'), (flags.dot_all, 's')] {
            if value { set.push(letter) } else { unset.push(letter) }
        }
        let minus = if unset.is_empty() { "" } else { "-" };
        self.out.push_str(&format!("(?{set}{minus}{unset}:"));
        Ok(())
    }

    fn word(&self) -> &'static str {
        if self.flags.ascii { "a-zA-Z0-9_" } else { r"\p{L}\p{N}_" }
    }

    fn space(&self) -> &'static str {
        if self.flags.ascii { r"\t-\r\x20" } else { r"\s\x1c-\x1f" }
    }

    fn digit(&self) -> &'static str {
        if self.flags.ascii { "0-9" } else { r"\d" }
    }

    /// The inside of a class that an escape stands for, and whether it is meant negated.
    fn class_escape(&self, letter: char) -> Option<(&'static str, bool)> {
        Some(match letter {
            'w' => (self.word(), false),
            'W' => (self.word(), true),
            's' => (self.space(), false),
            'S' => (self.space(), true),
            'd' => (self.digit(), false),
            'D' => (self.digit(), true),
            _ => return None,
        })
    }

    fn escape(&mut self) -> Result<(), String> {
        let letter = self.next().ok_or("bad escape (end of pattern)")?;
        if let Some((inside, negated)) = self.class_escape(letter) {
            self.out.push_str(&if negated { format!("[^{inside}]") } else { format!("[{inside}]") });
            return Ok(());
        }
        match letter {
            'A' => self.out.push_str(r"\A"),
            'Z' => self.out.push_str(r"\z"),
            'b' if self.flags.ascii => self.out.push_str(r"(?-u:\b)"),
            'B' if self.flags.ascii => return Err("\\B with the flag a is not supported".into()),
            'b' | 'B' => {
                self.out.push('\\');
                self.out.push(letter);
            }
            '1'..='9' => {
                let mut number = String::from(letter);
                if let Some(digit) = self.peek(0).filter(char::is_ascii_digit) {
                    self.at += 1;
                    number.push(digit);
                }
                self.steps_back = true;
                self.out.push_str(&format!("(?:\\{number})"));
            }
            _ => {
                let letter = self.escaped_letter(letter)?;
                self.literal(letter);
            }
        }
        Ok(())
    }

    /// The letter that an escape stands for, in a class and outside.
    fn escaped_letter(&mut self, letter: char) -> Result<char, String> {
        Ok(match letter {
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'U' => self.hex(8)?,
            '0' => {
                let mut code = 0;
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|digit| digit.to_digit(8)) else { break };
                    self.at += 1;
                    code = code * 8 + digit;
                }
                char::from_u32(code).unwrap_or('\0')
            }
            letter if letter.is_ascii_alphanumeric() => return Err(format!("bad escape \\{letter}")),
            letter => letter,
        })
    }

    fn hex(&mut self, count: usize) -> Result<char, String> {
        let mut code = 0u32;
        for _ in 0..count {
            let digit = self.next().and_then(|digit| digit.to_digit(16)).ok_or("incomplete escape")?;
            code = code.wrapping_mul(16).wrapping_add(digit);
        }
        char::from_u32(code).ok_or_else(|| "bad escape: no such character".into())
    }

    fn class(&mut self) -> Result<(), String> {
        let unclosed = "unterminated character set";
        self.out.push('[');
        if self.eat("^") {
            self.out.push('^');
        }
        let start = self.at;
        loop {
            let letter = self.next().ok_or(unclosed)?;
            if letter == ']' && self.at > start + 1 {
                self.out.push(']');
                return Ok(());
            }
            let Some(low) = self.class_item(letter)? else { continue };
            if self.peek(0) == Some('-') && self.peek(1).is_some_and(|next| next != ']') {
                self.at += 1;
                let letter = self.next().ok_or(unclosed)?;
                match self.class_item(letter)? {
                    Some(high) if high < low => return Err(format!("bad character range {low}-{high}")),
                    Some(high) => {
                        self.literal(low);
                        self.out.push('-');
                        self.literal(high);
                    }
                    None => return Err("bad character range".into()),
                }
            } else {
                self.literal(low);
            }
        }
    }

    /// The letter of an item of a class; what stands for many letters is written at once.
    fn class_item(&mut self, letter: char) -> Result<Option<char>, String> {
        if letter != '\\' {
            return Ok(Some(letter));
        }
        let letter = self.next().ok_or("unterminated character set")?;
        if let Some((inside, negated)) = self.class_escape(letter) {
            self.out.push_str(&if negated { format!("[^{inside}]") } else { inside.to_owned() });
            return Ok(None);
        }
        match letter {
            'b' => Ok(Some('\u{8}')),
            '1'..='7' => {
                let mut code = letter.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|digit| digit.to_digit(8)) else { break };
                    self.at += 1;
                    code = code * 8 + digit;
                }
                char::from_u32(code).map(Some).ok_or_else(|| "bad escape".into())
            }
            letter => self.escaped_letter(letter).map(Some),
        }
    }
}

fn set_flag(flags: &mut Flags, letter: char, on: bool) -> bool {
    match letter {
        'i' => flags.ignore_case = on,
        'm' => flags.multi_line = on,
        's' => flags.dot_all = on,
        'x' => flags.verbose = on,
        'a' => flags.ascii = on,
        'u' => flags.ascii = false,
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let compiled = Pattern::compile(pattern, false).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        assert_eq!(compiled.is_match(text).unwrap(), expected, "{pattern} in {text:?}");
    }

    #[test]
    fn patterns_mean_what_they_mean_in_python() {
        check("a$", "a\n", true);
        check("a$", "a\n\n", false);
        check(r"a\Z", "a\n", false);
        check("(?:a$)b", "ab", false);
        check(r"a$\n", "a\n", true);
        check("^b", "a\nb", false);
        check("(?m)^b$", "a\nb\nc", true);
        check("x{", "x{", true);
        check("x{,2}y", "xxy", true);
        check("[]a]", "]", true);
        check("[[a]", "[", true);
        check("[a&&b]", "&", true);
        check("[a-]", "-", true);
        check("[\\w-]", "-", true);
        check(r"[^\W\d]", "5", false);
        check(r"\<b\>", "<b>", true);
        check(r"(a)\1", "aa", true);
        check("(?<=a)b", "ab", true);
        check("(?!b)a", "a", true);
        check("(?P<q>['\"])x(?P=q)", "'x'", true);
        check("(?i)STRASSE", "strasse", true);
        check(r"(?x) a b # no", "ab", true);
        check(r"\x41\u0042", "AB", true);
        check("a++b", "aab", true);
        check(r"\w", "\u{301}", false);
        check("\u{8}", "\u{8}", true);
        check("https?://(t\\.me|bit\\.ly)/", "see https://t.me/x", true);
        check(r"[\101]", "A", true);
        check("(?a)\\w", "é", false);
        check("a|b$", "xb\n", true);
    }

    #[test]
    fn bad_patterns_are_refused_with_what_is_wrong() {
        for (pattern, message) in [
            ("(", "missing )"),
            (")", "unbalanced"),
            ("*a", "nothing to repeat"),
            ("a**", "multiple repeat"),
            ("[a", "unterminated"),
            ("[b-a]", "bad character range"),
            (r"\q", "bad escape"),
            ("a(?i)b", "global flags"),
            (r"\p{L}", "bad escape"),
            ("(?P<1>a)", "bad character in group name"),
            ("(?P<a>a)(?P<a>a)", "redefinition"),
            ("a{1000}{1000}", "multiple repeat"),
            ("((a{1000}){1000}){1000}", ""),
        ] {
            let found = Pattern::compile(pattern, false);
            let found = found.err().unwrap_or_else(|| panic!("{pattern} is accepted"));
            assert!(found.contains(message), "{pattern}: {found}");
        }
    }

    #[test]
    fn stepping_back_without_end_is_no_answer() {
        let pattern = Pattern::compile(r"(?=x*)^(a|aa|b\1)+$", false).unwrap();
        assert!(pattern.is_match(&format!("{}c", "a".repeat(5_000))).is_err());
    }
}
