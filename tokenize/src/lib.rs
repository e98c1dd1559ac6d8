//! Learn a vocabulary, encode documents and write token shards
