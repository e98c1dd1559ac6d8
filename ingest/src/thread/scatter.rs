use super::message::Message;
use super::order::Order;
use std::io::{self, Read, Write};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Deals messages out to buckets, so that a thread is in one of them as a whole.
///
/// A bucket holds its messages in the order in which they came, each as its numbers (little-endian) and its texts with
/// their lengths before them. The form is for scratch files of one run and has no version.
#[derive(Debug)]
pub struct Scatter<W> {
    buckets: Vec<W>,
    seed: u64,
    buffer: Vec<u8>,
}

impl<W: Write> Scatter<W> {
    /// Buckets to write to. Another `seed` parts the messages of one bucket in another way.
    pub fn new(buckets: Vec<W>, seed: u64) -> Self {
        Self { buckets, seed, buffer: Vec::new() }
    }

    /// Writes a message to the bucket of its thread.
    pub fn write(&mut self, message: &Message) -> io::Result<()> {
        let hash = xxh3_64_with_seed(message.key.as_bytes(), self.seed);
        let Some(bucket) = (hash as usize).checked_rem(self.buckets.len()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "messages are to be dealt out to no bucket"));
        };
        self.buffer.clear();
        encode(message, &mut self.buffer);
        self.buckets[bucket].write_all(&self.buffer)
    }

    /// Ends the writing and gives the buckets back.
    pub fn finish(mut self) -> io::Result<Vec<W>> {
        self.buckets.iter_mut().try_for_each(Write::flush)?;
        Ok(self.buckets)
    }
}

fn encode(message: &Message, out: &mut Vec<u8>) {
    let Message { key, order, speaker, text, title, url, date, ordinal, offset, replaced } = message;
    out.extend(ordinal.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out.extend(replaced.to_le_bytes());
    let (known, order) = match order {
        Order::At(order) => (1, *order),
        Order::Unknown => (0, 0),
    };
    out.push(known);
    out.extend(order.to_le_bytes());
    for text in [Some(key), Some(text), speaker.as_ref(), title.as_ref(), url.as_ref(), date.as_ref()] {
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        out.extend(length.to_le_bytes());
        out.extend(text.map_or("", String::as_str).as_bytes());
    }
}

/// Reads the next message of a bucket, or `None` at its end. A bucket that is cut or changed is an error.
pub fn read_scattered(bucket: &mut impl Read) -> io::Result<Option<Message>> {
    let mut ordinal = [0; 8];
    let mut have = 0;
    while have < ordinal.len() {
        match bucket.read(&mut ordinal[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => have += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let offset = u64::from_le_bytes(number(bucket)?);
    let replaced = u32::from_le_bytes(number(bucket)?);
    let [known] = number(bucket)?;
    let order = i128::from_le_bytes(number(bucket)?);
    let mut texts: [Option<String>; 6] = Default::default();
    for text in &mut texts {
        *text = read_text(bucket)?;
    }
    let [Some(key), Some(text), speaker, title, url, date] = texts else { return Err(changed()) };
    let order = if known == 1 { Order::At(order) } else { Order::Unknown };
    let ordinal = u64::from_le_bytes(ordinal);
    Ok(Some(Message { key, order, speaker, text, title, url, date, ordinal, offset, replaced }))
}

fn number<const N: usize>(bucket: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    bucket.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_text(bucket: &mut impl Read) -> io::Result<Option<String>> {
    let length = u64::from_le_bytes(number(bucket)?);
    if length == u64::MAX {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    // Taken and not allocated at once: a changed length must not ask for memory.
    if bucket.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    String::from_utf8(bytes).map(Some).map_err(|_| changed())
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a scratch file of messages is not as it was written")
}
