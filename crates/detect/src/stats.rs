//! Where the memory goes.

use crate::state::Detection;

/// One part of the state and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part's name.
    pub name: String,
    /// How many things it holds.
    pub items: u64,
    /// Bytes in use, allocator overhead apart.
    pub bytes: u64,
}

impl Part {
    /// Bytes of one thing; all of them where there is none.
    pub fn bytes_per_item(&self) -> f64 {
        self.bytes as f64 / self.items.max(1) as f64
    }
}

/// The state by parts, and the figures that name its cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexStats {
    /// In the order of the data's way.
    pub parts: Vec<Part>,
    /// Accounts known.
    pub accounts: u64,
    /// Entities with a link.
    pub entities: u64,
    /// Links.
    pub links: u64,
    /// Bytes of links, both ways.
    pub link_bytes: u64,
    /// Bytes of links, accounts, entities and their dictionaries.
    pub index_bytes: u64,
}

impl Detection {
    /// Counts what every part holds and takes. Costs a pass over all lists.
    pub fn stats(&self) -> IndexStats {
        let (account_bytes, link_bytes) = self.links.accounts.bytes();
        let (entity_bytes, posting_bytes) = self.links.entities.bytes();
        let accounts = self.links.account_count() as u64;
        let entities = self.links.entity_count() as u64;
        let links = self.links.link_count() as u64;
        let part =
            |name: &str, items: u64, bytes: usize| Part { name: name.to_owned(), items, bytes: bytes as u64 };
        let mut parts = vec![
            part("accounts", accounts, account_bytes),
            part("links by account", links, link_bytes),
            part("entities", entities, entity_bytes),
            part("links by entity", links, posting_bytes),
        ];
        for (store, profiles) in self.settings.profiles.iter().zip(&self.profiles) {
            let (dictionary, vectors, postings) = profiles.bytes();
            let terms = self.links.accounts().map(|account| profiles.vector(account).len() as u64).sum();
            parts.push(part(
                &format!("profile {}: dictionary", store.name),
                profiles.term_count() as u64,
                dictionary,
            ));
            parts.push(part(&format!("profile {}: vectors", store.name), terms, vectors));
            parts.push(part(&format!("profile {}: postings", store.name), terms, postings));
        }
        for table in self.near_texts.values() {
            parts.push(part("texts waiting for a near-duplicate", table.len() as u64, table.bytes()));
        }
        for table in self.near_media.values() {
            parts.push(part("pictures waiting for a near-duplicate", table.len() as u64, table.bytes()));
        }
        parts.push(part("entries of banks", self.banks.entry_count() as u64, self.banks.bytes()));
        parts.push(part("decisions that stand", self.learning.len() as u64, self.learning.len() * 96));
        let link_bytes = (link_bytes + posting_bytes) as u64;
        let index_bytes = link_bytes + (account_bytes + entity_bytes) as u64;
        IndexStats { parts, accounts, entities, links, link_bytes, index_bytes }
    }
}
