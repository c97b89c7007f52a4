//! Daily circuit breakers: a rule that takes effect on more events of a day than its set allows is put in shadow by
//! itself. It is a function of the entries, so that a replay stops the same rules at the same events; it goes on when
//! somebody puts its set in force again.

use super::{DAY_MICROS, Effects, Request};
use cordon_model::clock::Timestamp;
use cordon_model::limits::RULE_HOLDS_A_DAY;
use cordon_rules::MatchedRule;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name under which a limit holds for every rule that is not named.
const OTHERS: &str = "*";

/// A rule that went beyond its limit: evaluated and counted on, and nothing comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedRule {
    /// When.
    pub at: Timestamp,
    /// Events of one day on which it might take effect.
    pub limit: u64,
    /// Events on which it would have taken effect since, the first beyond the limit among them.
    pub withheld: u64,
}

/// How often rules took effect today, and which were stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Breaker {
    /// The day of `today`, by arrival.
    day: i64,
    today: BTreeMap<String, u64>,
    stopped: BTreeMap<String, StoppedRule>,
}

impl Breaker {
    /// Counts an event's rules against `limits`, and takes out of `asked` what only stopped rules ask for. Gives the
    /// rules that this event stops, with their limits.
    pub(super) fn pass(
        &mut self,
        limits: &BTreeMap<String, u64>,
        asked: &mut Effects,
        now: Timestamp,
    ) -> Vec<(String, u64)> {
        let holding = asked.holding();
        if asked.is_empty() || (limits.is_empty() && holding.is_empty()) {
            return Vec::new();
        }
        let day = now.0.div_euclid(DAY_MICROS);
        if day > self.day {
            self.day = day;
            self.today.clear();
        }
        let mut news = Vec::new();
        for name in asked.rules() {
            // Whoever may touch a person has a limit, named or not.
            let house = holding.contains(&name).then_some(RULE_HOLDS_A_DAY);
            let limit = limits.get(&name).or_else(|| limits.get(OTHERS)).copied().or(house);
            news.extend(self.count(limit, name, now));
        }
        if !self.stopped.is_empty() {
            let stopped = &self.stopped;
            asked.keep_rules(&|rule| !stopped.contains_key(&*rule.name));
        }
        news
    }

    fn count(&mut self, limit: Option<u64>, name: String, now: Timestamp) -> Option<(String, u64)> {
        if let Some(stopped) = self.stopped.get_mut(&name) {
            stopped.withheld += 1;
            return None;
        }
        let limit = limit?;
        let count = self.today.entry(name.clone()).or_default();
        *count += 1;
        if *count <= limit {
            return None;
        }
        self.stopped.insert(name.clone(), StoppedRule { at: now, limit, withheld: 1 });
        Some((name, limit))
    }

    /// Rules that were stopped.
    pub(super) fn stopped(&self) -> &BTreeMap<String, StoppedRule> {
        &self.stopped
    }
}

impl Request {
    fn rules_mut(&mut self) -> &mut Vec<MatchedRule> {
        match self {
            Self::Signal { rules, .. } | Self::Review { rules, .. } | Self::Hold { rules, .. } => rules,
        }
    }
}

impl Effects {
    fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.requests.is_empty()
    }

    fn matched(&mut self) -> impl Iterator<Item = &mut Vec<MatchedRule>> {
        let labels = self.labels.iter_mut().map(|label| &mut label.rules);
        labels.chain(self.requests.iter_mut().map(Request::rules_mut))
    }

    /// The rules that ask for a hold.
    fn holding(&self) -> BTreeSet<String> {
        let rules = |request: &Request| match request {
            Request::Hold { rules, .. } => rules.iter().map(|rule| rule.name.to_string()).collect(),
            _ => Vec::new(),
        };
        self.requests.iter().flat_map(rules).collect()
    }

    /// The rules behind what is asked for, each once.
    fn rules(&mut self) -> BTreeSet<String> {
        self.matched().flat_map(|rules| rules.iter().map(|rule| rule.name.to_string())).collect()
    }

    /// Leaves out rules, and what none is left for.
    fn keep_rules(&mut self, keeps: &dyn Fn(&MatchedRule) -> bool) {
        self.matched().for_each(|rules| rules.retain(|rule| keeps(rule)));
        self.labels.retain(|label| !label.rules.is_empty());
        self.requests.retain_mut(|request| !request.rules_mut().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(rules: &[&str]) -> Effects {
        let rule = |name: &&str| MatchedRule {
            name: (*name).into(),
            description: String::new(),
            features: Vec::new(),
        };
        let rules = rules.iter().map(rule).collect();
        let review = Request::Review { policy: "spam".to_owned(), queue: None, priority: 0, rules };
        Effects { labels: Vec::new(), requests: vec![review] }
    }

    #[test]
    fn a_rule_beyond_its_limit_of_a_day_stops_and_another_days_events_count_anew() {
        let limits = BTreeMap::from([("Loud".to_owned(), 2), (OTHERS.to_owned(), 4)]);
        let mut breaker = Breaker::default();
        let mut pass = |rules: &[&str], day: i64| {
            let mut asked = asked(rules);
            let stops = breaker.pass(&limits, &mut asked, Timestamp(day * DAY_MICROS + 5));
            (stops, asked.rules())
        };
        let both = BTreeSet::from(["Loud".to_owned(), "Quiet".to_owned()]);
        let quiet = BTreeSet::from(["Quiet".to_owned()]);
        for day in [1, 1, 2, 2] {
            assert_eq!(
                pass(&["Loud", "Quiet"], day),
                (vec![], both.clone()),
                "two a day are within the limit"
            );
        }
        let stop = vec![("Loud".to_owned(), 2)];
        assert_eq!(pass(&["Loud", "Quiet"], 2), (stop, quiet.clone()), "the other rule still asks for it");
        assert_eq!(pass(&["Loud"], 3), (vec![], BTreeSet::new()), "it stays stopped on the next day");
        for _ in 0..4 {
            assert_eq!(pass(&["Quiet"], 3).0, []);
        }
        assert_eq!(
            pass(&["Quiet"], 3),
            (vec![("Quiet".to_owned(), 4)], BTreeSet::new()),
            "a limit for all others"
        );
        let loud = &breaker.stopped()["Loud"];
        assert_eq!((loud.limit, loud.withheld), (2, 2));
    }
}
