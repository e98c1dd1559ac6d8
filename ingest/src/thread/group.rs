use super::assemble::{ThreadRecord, Threads};
use super::config::ThreadConfig;
use super::message::Message;
use super::scatter::{Scatter, read_scattered};
use std::collections::VecDeque;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// Buckets that messages are dealt out to at once.
const BUCKETS: usize = 64;

/// How often a bucket that is too large is dealt out again. A bucket that stays too large holds one giant thread or a
/// few: 64⁴ buckets part everything else.
const MAX_LEVEL: u64 = 3;

/// Groups the messages of one file in bounded memory, with the help of scratch files.
///
/// While all messages fit in `room` bytes nothing is written. Otherwise they are dealt out to buckets, and each bucket is
/// grouped by itself, or dealt out again if it does not fit. A thread that does not fit by itself is taken in stretches
/// as they stand in the file, each sorted by itself, and its documents are counted as parts of each stretch.
///
/// The documents depend on the messages, the configuration and `room` alone.
#[derive(Debug)]
pub struct Grouper<S: Write, F> {
    config: ThreadConfig,
    room: u64,
    scratch: F,
    held: Threads,
    scatter: Option<Scatter<BufWriter<S>>>,
    messages: u64,
}

impl<S: Read + Write + Seek, F: FnMut() -> io::Result<S>> Grouper<S, F> {
    /// A grouper that holds about `room` bytes of messages and makes its scratch files with `scratch`.
    pub fn new(config: ThreadConfig, room: u64, scratch: F) -> Self {
        Self { config, room, scratch, held: Threads::default(), scatter: None, messages: 0 }
    }

    /// Takes a message in.
    pub fn push(&mut self, message: Message) -> io::Result<()> {
        self.messages += 1;
        if let Some(scatter) = &mut self.scatter {
            return scatter.write(&message);
        }
        self.held.push(message);
        if self.held.memory() > self.room {
            let mut scatter = Scatter::new(self.buckets()?, 0);
            self.held.take_messages().iter().try_for_each(|message| scatter.write(message))?;
            self.scatter = Some(scatter);
        }
        Ok(())
    }

    /// Messages that were taken in.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// The documents: by the place of their first message while all fit in memory, otherwise bucket by bucket and so
    /// within each.
    pub fn into_records(mut self) -> io::Result<Records<S, F>> {
        let held = std::mem::take(&mut self.held);
        let (waiting, ready) = match self.scatter.take() {
            None => (Vec::new(), held.finish(&self.config).into()),
            Some(scatter) => (opened(scatter, 0)?, VecDeque::new()),
        };
        Ok(Records { grouper: self, waiting, open: None, ready })
    }

    fn buckets(&mut self) -> io::Result<Vec<BufWriter<S>>> {
        (0..BUCKETS).map(|_| Ok(BufWriter::new((self.scratch)()?))).collect()
    }
}

/// The documents of a [`Grouper`], one bucket of messages in memory at a time.
#[derive(Debug)]
pub struct Records<S: Write, F> {
    grouper: Grouper<S, F>,
    /// Buckets that are still to be read, the next one last, and how often they were dealt out.
    waiting: Vec<(S, u64)>,
    open: Option<(BufReader<S>, u64)>,
    ready: VecDeque<ThreadRecord>,
}

impl<S: Read + Write + Seek, F: FnMut() -> io::Result<S>> Records<S, F> {
    /// The next document.
    pub fn next_record(&mut self) -> io::Result<Option<ThreadRecord>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            match self.open.take() {
                Some((bucket, level)) => self.gather(bucket, level)?,
                None => {
                    let Some((mut bucket, level)) = self.waiting.pop() else { return Ok(None) };
                    bucket.rewind()?;
                    self.open = Some((BufReader::new(bucket), level));
                }
            }
        }
    }

    /// Takes in a bucket, or as much of it as fits if it cannot be dealt out again.
    fn gather(&mut self, mut bucket: BufReader<S>, level: u64) -> io::Result<()> {
        let mut threads = Threads::default();
        while let Some(message) = read_scattered(&mut bucket)? {
            threads.push(message);
            if threads.memory() <= self.grouper.room {
                continue;
            }
            if level < MAX_LEVEL {
                drop(threads);
                return self.deal_out(bucket, level + 1);
            }
            self.open = Some((bucket, level));
            break;
        }
        self.ready = threads.finish(&self.grouper.config).into();
        Ok(())
    }

    fn deal_out(&mut self, mut bucket: BufReader<S>, level: u64) -> io::Result<()> {
        bucket.rewind()?;
        let mut scatter = Scatter::new(self.grouper.buckets()?, level);
        while let Some(message) = read_scattered(&mut bucket)? {
            scatter.write(&message)?;
        }
        self.waiting.extend(opened(scatter, level)?);
        Ok(())
    }
}

/// The buckets to read, the first one last.
fn opened<S: Write>(scatter: Scatter<BufWriter<S>>, level: u64) -> io::Result<Vec<(S, u64)>> {
    let buckets = scatter.finish()?.into_iter().rev();
    buckets.map(|bucket| Ok((bucket.into_inner().map_err(io::IntoInnerError::into_error)?, level))).collect()
}
