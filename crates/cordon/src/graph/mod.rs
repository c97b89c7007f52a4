//! The graph of accounts and the entities that they share, for Graphviz and for whatever reads GraphML.

mod dot;
mod graphml;

use crate::cli::Drawing;
use anyhow::{Context, Result};
use cordon_detect::clusters::{Cluster, SharedObject};
use cordon_detect::links::{AccountNumber, EntityNumber};
use cordon_detect::similar::evidence::account_name;
use cordon_model::ids::AccountId;
use cordon_pipeline::Evaluator;
use cordon_pipeline::clusters::object_name;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Accounts, entities, and which account used which entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkGraph {
    /// Ids, with whether each is a seed.
    pub accounts: Vec<(String, bool)>,
    /// Entities that at least two of the accounts share.
    pub entities: Vec<EntityNode>,
    /// Places of the account and the entity.
    pub links: Vec<(usize, usize)>,
}

/// An entity in the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityNode {
    /// Its value; its hash where the value is no longer kept.
    pub value: String,
    /// The entity type's name.
    pub kind: String,
    /// Accounts that have it at all.
    pub accounts: u32,
    /// log2 of how many accounts there are for each that has it: thick where rare, faint where common.
    pub bits: f64,
}

impl LinkGraph {
    /// The graph of some clusters' members and the objects that they share.
    pub fn of_clusters(state: &Evaluator, clusters: &[Cluster], seed: Option<&AccountId>) -> Self {
        let mut graph = Self::default();
        for cluster in clusters {
            let mut places = BTreeMap::new();
            for member in &cluster.members {
                places.insert(
                    member.account,
                    graph.add_account(state, AccountNumber(member.account), seed.as_slice()),
                );
            }
            for object in &cluster.objects {
                graph.add_object(state, object, &places);
            }
        }
        graph
    }

    /// The graph of these accounts and the entities of the index that at least two of them share.
    pub fn of_accounts(state: &Evaluator, accounts: &[AccountId], seeds: &[AccountId]) -> Self {
        let detection = state.detection();
        let known: BTreeSet<AccountNumber> =
            accounts.iter().chain(seeds).filter_map(|id| detection.account(id.as_str())).collect();
        let seeds: Vec<&AccountId> = seeds.iter().collect();
        let mut graph = Self::default();
        let (mut places, mut sharing) = (BTreeMap::new(), BTreeMap::<EntityNumber, Vec<u32>>::new());
        for account in known {
            places.insert(account.0, graph.add_account(state, account, &seeds));
            for link in detection.links().links(account) {
                sharing.entry(link.entity).or_default().push(account.0);
            }
        }
        for (entity, members) in sharing.into_iter().filter(|(_, members)| members.len() > 1) {
            let facts = detection.links().entity(entity);
            let object =
                SharedObject { kind: facts.kind, hash: facts.hash, accounts: facts.accounts, members };
            graph.add_object(state, &object, &places);
        }
        graph
    }

    fn add_account(&mut self, state: &Evaluator, account: AccountNumber, seeds: &[&AccountId]) -> usize {
        let id = account_name(state.detection(), &state.names(), account);
        let is_seed = seeds.iter().any(|seed| seed.as_str() == id);
        self.accounts.push((id, is_seed));
        self.accounts.len() - 1
    }

    fn add_object(&mut self, state: &Evaluator, object: &SharedObject, places: &BTreeMap<u32, usize>) {
        let detection = state.detection();
        let population = detection.links().account_count().max(2) as f64;
        let entity = self.entities.len();
        self.entities.push(EntityNode {
            value: object_name(detection, &state.names(), object)
                .unwrap_or_else(|| format!("{:016x}", object.hash)),
            kind: detection.settings().link(object.kind).map(|kind| kind.name.clone()).unwrap_or_default(),
            accounts: object.accounts,
            bits: (population / f64::from(object.accounts.max(1))).log2().max(0.0),
        });
        let of_members = object.members.iter().filter_map(|account| places.get(account));
        self.links.extend(of_members.map(|account| (*account, entity)));
    }

    /// Writes the files that were asked for.
    ///
    /// Errors: a file that cannot be written, by name.
    pub fn write(&self, drawing: &Drawing) -> Result<()> {
        if let Some(path) = &drawing.dot {
            to_file(path, |out| dot::write(self, out))?;
        }
        if let Some(path) = &drawing.graphml {
            to_file(path, |out| graphml::write(self, out))?;
        }
        Ok(())
    }
}

fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let named = || format!("cannot write {}", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(named)?);
    write(&mut file).and_then(|()| file.flush()).with_context(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> LinkGraph {
        let node = |value: &str, accounts, bits| EntityNode {
            value: value.into(),
            kind: "url".into(),
            accounts,
            bits,
        };
        LinkGraph {
            accounts: vec![("a".into(), true), ("b \"<&>\"".into(), false)],
            entities: vec![node("x.example/1", 2, 9.0), node("y.example", 900, 0.2)],
            links: vec![(0, 0), (1, 0), (1, 1)],
        }
    }

    fn text(write: fn(&LinkGraph, &mut dyn Write) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&graph(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn graphviz_draws_rare_links_thick_and_hubs_faint_and_escapes_values() {
        let text = text(dot::write);
        assert!(text.contains(r#"a1 [shape=ellipse, label="b \"<&>\""]"#), "{text}");
        assert!(text.contains(r##"a0 -- e0 [penwidth=2.30, color="#303030cb"]"##), "{text}");
        assert!(text.contains(r##"a1 -- e1 [penwidth=0.54, color="#3030302b"]"##), "{text}");
    }

    #[test]
    fn graphml_escapes_values_and_gives_bits() {
        let text = text(graphml::write);
        assert!(text.contains("<data key=\"label\">b &quot;&lt;&amp;&gt;&quot;</data>"), "{text}");
        assert!(
            text.contains("<edge source=\"a1\" target=\"e0\"><data key=\"bits\">9.000</data></edge>"),
            "{text}"
        );
    }
}
