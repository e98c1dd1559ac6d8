use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Longest host name (RFC 1035, as text).
const MAX_HOST: usize = 253;

/// A host name in lower case and ASCII (punycode), without port, user and trailing dot.
pub(super) struct Host {
    bytes: [u8; MAX_HOST],
    length: usize,
}

/// The host of an address, and what follows it (`/path?query`).
pub(super) fn split(address: &str) -> Option<(Host, &str)> {
    let address = address.trim();
    let rest = match address.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) => rest,
        _ => address.strip_prefix("//").unwrap_or(address),
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => match host.split_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) => return None,
            None => host,
        },
    };
    Some((Host::new(host)?, path))
}

impl Host {
    /// `None` for what cannot be a host. Only names outside ASCII (`말모이.한국`) need memory of their own.
    fn new(name: &str) -> Option<Self> {
        if name.is_ascii() {
            return Self::of_ascii(name);
        }
        Self::of_ascii(&idna::domain_to_ascii(name).ok()?)
    }

    fn of_ascii(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let valid = |&b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
        if name.is_empty() || name.len() > MAX_HOST || !name.as_bytes().iter().all(valid) {
            return None;
        }
        if name.starts_with('.') || name.contains("..") {
            return None;
        }
        let mut bytes = [0; MAX_HOST];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        bytes[..name.len()].make_ascii_lowercase();
        Some(Self { bytes, length: name.len() })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Whether it has more than one label.
    pub(super) fn is_dotted(&self) -> bool {
        self.as_bytes().contains(&b'.') || self.as_bytes().contains(&b':')
    }

    /// Keys of the host and of every domain that it lies in, the longest first. Numeric addresses lie in none.
    pub(super) fn domains(&self) -> impl Iterator<Item = u64> + '_ {
        let host = self.as_bytes();
        let numeric = host.contains(&b':') || host.iter().all(|b| b.is_ascii_digit() || *b == b'.');
        let borders = memchr::memchr_iter(b'.', host).filter(move |_| !numeric).map(|dot| dot + 1);
        std::iter::once(0).chain(borders).map(|start| domain_key(&host[start..]))
    }

    /// Key of the host itself, `www.` apart.
    pub(super) fn site_key(&self) -> u64 {
        let host = self.as_bytes();
        domain_key(host.strip_prefix(b"www.").unwrap_or(host))
    }
}

/// What a domain is known by: 64 bits of XXH3. Among four million entries, one in 10¹² lookups meets a wrong one.
pub(super) fn domain_key(domain: &[u8]) -> u64 {
    xxh3_64(domain)
}

/// What a site's path prefix is known by; both without the `/` at the end.
pub(super) fn path_key(site: u64, path: &str) -> u64 {
    xxh3_64_with_seed(path.as_bytes(), site)
}

/// Every beginning of a path that ends where a segment or the query ends, the shortest first, `/` alone left out.
pub(super) fn path_prefixes(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.bytes().enumerate().skip(1).filter(|&(_, b)| matches!(b, b'/' | b'?' | b'#')).map(|(at, _)| at);
    ends.chain([path.len()]).filter(|&end| end > 1).take(MAX_SEGMENTS).map(|end| path[..end].trim_end_matches('/'))
}

/// Segments of a path that are looked up; no list goes deeper.
const MAX_SEGMENTS: usize = 16;
