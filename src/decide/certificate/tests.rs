//! Judgements of chains, by tables of facts.
