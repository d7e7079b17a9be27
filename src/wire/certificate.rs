//! DER certificates into the facts that judgements need.
