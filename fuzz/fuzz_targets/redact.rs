//! Any text: redacting twice finds nothing more, stand-ins are nobody's, and offsets point at tokens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::redact::{Policies, Policy, RedactConfig, RedactKey, Redactor};

fn redactor(policy: Policy) -> Redactor {
    Redactor::new(&RedactConfig { policy: Policies::all(policy), key: RedactKey::new("fuzz") })
}

thread_local! {
    static REDACTORS: std::cell::RefCell<[Redactor; 2]> =
        std::cell::RefCell::new([redactor(Policy::Mask), redactor(Policy::Replace)]);
}

fuzz_target!(|text: &str| {
    REDACTORS.with_borrow_mut(|redactors| {
        for redactor in redactors.iter_mut() {
            let once = redactor.redact(text);
            assert!(redactor.redact(&once.text).findings.is_empty());
        }
        let masked = redactors[0].redact(text);
        for finding in &masked.findings {
            let rest = masked.text.chars().skip(finding.offset);
            assert!(rest.zip(finding.kind.token().chars()).all(|(found, expected)| found == expected));
        }
    });
});
