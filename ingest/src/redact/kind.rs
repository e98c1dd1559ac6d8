//! The kinds of personal data that are told apart.

use super::config::Policy;
use serde::{Deserialize, Serialize};

/// A kind of personal data, or of a public number that must not be taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Resident registration number (주민등록번호) of a national.
    ResidentNumber,
    /// Registration number of a foreigner (외국인등록번호) or of a Korean with foreign nationality.
    ForeignerNumber,
    /// Number of a Korean passport.
    Passport,
    /// Number of a Korean driving licence.
    DrivingLicence,
    /// Mobile phone: 010, 011, 016 to 019.
    MobilePhone,
    /// Landline or internet phone: area codes and 070.
    Landline,
    /// Virtual number that is forwarded to a person: 050x.
    VirtualPhone,
    /// Number of a company's service line: 15xx, 16xx, 18xx and 080.
    ServicePhone,
    /// Phone of another country, written with its country code.
    ForeignPhone,
    /// E-mail address, also one with the at sign spelled out.
    Email,
    /// Payment card.
    Card,
    /// Bank account.
    BankAccount,
    /// House number of a road-name address and what is more precise.
    RoadAddress,
    /// Lot number of an address and what is more precise.
    LotAddress,
    /// Public IP address, version 4 or 6.
    IpAddress,
    /// Name of an account with a messenger.
    MessengerId,
    /// Business registration number (사업자등록번호).
    BusinessNumber,
    /// Corporate registration number (법인등록번호).
    CorporateNumber,
}

impl Kind {
    /// Every kind, in the order of the declaration.
    pub const ALL: [Self; 18] = [
        Self::ResidentNumber,
        Self::ForeignerNumber,
        Self::Passport,
        Self::DrivingLicence,
        Self::MobilePhone,
        Self::Landline,
        Self::VirtualPhone,
        Self::ServicePhone,
        Self::ForeignPhone,
        Self::Email,
        Self::Card,
        Self::BankAccount,
        Self::RoadAddress,
        Self::LotAddress,
        Self::IpAddress,
        Self::MessengerId,
        Self::BusinessNumber,
        Self::CorporateNumber,
    ];

    /// The name in recipes, reports and findings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResidentNumber => "resident-number",
            Self::ForeignerNumber => "foreigner-number",
            Self::Passport => "passport",
            Self::DrivingLicence => "driving-licence",
            Self::MobilePhone => "mobile-phone",
            Self::Landline => "landline",
            Self::VirtualPhone => "virtual-phone",
            Self::ServicePhone => "service-phone",
            Self::ForeignPhone => "foreign-phone",
            Self::Email => "email",
            Self::Card => "card",
            Self::BankAccount => "bank-account",
            Self::RoadAddress => "road-address",
            Self::LotAddress => "lot-address",
            Self::IpAddress => "ip-address",
            Self::MessengerId => "messenger-id",
            Self::BusinessNumber => "business-number",
            Self::CorporateNumber => "corporate-number",
        }
    }

    /// What stands in masked text. Kinds that a reader would call by one name share it. The brackets are those that
    /// Korean writers hardly use around a label, so that `[계좌번호]` above a real number stays a label.
    pub const fn token(self) -> &'static str {
        match self {
            Self::ResidentNumber => "<주민등록번호>",
            Self::ForeignerNumber => "<외국인등록번호>",
            Self::Passport => "<여권번호>",
            Self::DrivingLicence => "<운전면허번호>",
            Self::MobilePhone | Self::Landline | Self::VirtualPhone | Self::ServicePhone | Self::ForeignPhone => {
                "<전화번호>"
            }
            Self::Email => "<이메일>",
            Self::Card => "<카드번호>",
            Self::BankAccount => "<계좌번호>",
            Self::RoadAddress | Self::LotAddress => "<상세주소>",
            Self::IpAddress => "<IP주소>",
            Self::MessengerId => "<메신저아이디>",
            Self::BusinessNumber => "<사업자등록번호>",
            Self::CorporateNumber => "<법인등록번호>",
        }
    }

    /// What becomes of it unless the recipe says otherwise: what belongs to companies by its nature is public and
    /// stays, all else is masked.
    pub const fn default_policy(self) -> Policy {
        match self {
            Self::ServicePhone | Self::BusinessNumber | Self::CorporateNumber => Policy::Keep,
            _ => Policy::Mask,
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `text` ends with the token of some kind.
pub(super) fn ends_with_token(text: &str) -> bool {
    text.ends_with('>') && Kind::ALL.iter().any(|kind| text.ends_with(kind.token()))
}

/// Whether `text` begins with the token of some kind.
pub(super) fn begins_with_token(text: &str) -> bool {
    text.starts_with('<') && Kind::ALL.iter().any(|kind| text.starts_with(kind.token()))
}
