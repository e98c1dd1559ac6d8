//! Stream token shards into a decoder-only language model
