//! The list of banks (`protocol.md` §6), and the names that mean each of them alone.

use super::BankSource::{self, BootpayNotes, ClearingCode, OfficialSdk};

/// One bank of the list.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) korean: &'static str,
    pub(super) english: &'static str,
    pub(super) source: BankSource,
    pub(super) aliases: &'static [&'static str],
}

impl Entry {
    pub(super) fn all_names(&self) -> impl Iterator<Item = &'static str> {
        [self.korean, self.english].into_iter().chain(self.aliases.iter().copied())
    }
}

pub(super) fn by_code(code: &str) -> Option<&'static Entry> {
    BANKS.iter().find(|entry| entry.code == code)
}

const fn bank(
    code: &'static str,
    korean: &'static str,
    english: &'static str,
    source: BankSource,
    aliases: &'static [&'static str],
) -> Entry {
    Entry { code, korean, english, source, aliases }
}

/// By code. "농협" is 011, the central bank of the cooperatives: the local ones (지역농협, 단위농협, 축협) clear under a
/// code of their own, so those names are refused. One Bootpay text gives 032 to 대구은행; every SDK gives it to 부산은행.
pub(super) static BANKS: &[Entry] = &[
    bank("001", "한국은행", "Bank of Korea", OfficialSdk, &["한은", "BOK"]),
    bank(
        "002",
        "산업은행",
        "Korea Development Bank",
        ClearingCode,
        &["산업", "한국산업은행", "KDB", "KDB산업", "KDB산업은행", "KDB Bank"],
    ),
    bank(
        "003",
        "기업은행",
        "Industrial Bank of Korea",
        OfficialSdk,
        &["기업", "중소기업은행", "IBK", "IBK기업", "IBK기업은행", "IBK Bank"],
    ),
    bank(
        "004",
        "국민은행",
        "KB Kookmin Bank",
        OfficialSdk,
        &["국민", "KB", "KB국민", "KB국민은행", "KB은행", "Kookmin", "Kookmin Bank", "KB Kookmin", "KB Bank"],
    ),
    bank(
        "005",
        "외환은행",
        "Korea Exchange Bank",
        OfficialSdk,
        &["외환", "한국외환은행", "KEB", "KEB외환은행", "Korea Exchange"],
    ),
    bank(
        "007",
        "수협은행",
        "Suhyup Bank",
        OfficialSdk,
        &["수협", "수협중앙회", "SH수협", "SH수협은행", "Suhyup", "SH Suhyup Bank"],
    ),
    bank(
        "011",
        "농협은행",
        "NongHyup Bank",
        OfficialSdk,
        &["농협", "NH", "NH농협", "NH농협은행", "NH은행", "NongHyup", "NH NongHyup Bank", "NH Bank"],
    ),
    bank("020", "우리은행", "Woori Bank", OfficialSdk, &["우리", "Woori"]),
    bank(
        "023",
        "SC은행",
        "SC First Bank",
        OfficialSdk,
        &[
            "SC",
            "SC제일",
            "SC제일은행",
            "제일",
            "제일은행",
            "스탠다드차타드",
            "스탠다드차타드은행",
            "한국스탠다드차타드은행",
            "한국스탠다드차타드제일은행",
            "SC Bank",
            "SC First",
            "Standard Chartered",
            "Standard Chartered Bank",
            "Standard Chartered Bank Korea",
        ],
    ),
    bank(
        "027",
        "한국씨티은행",
        "Citibank Korea",
        BootpayNotes,
        &["씨티", "씨티은행", "시티은행", "한국씨티", "한국시티은행", "Citi", "Citibank"],
    ),
    bank(
        "031",
        "대구은행",
        "Daegu Bank",
        OfficialSdk,
        // The bank has called itself iM뱅크 since 2024; its code is the same.
        &["대구", "DGB", "DGB대구은행", "iM뱅크", "아이엠뱅크", "iM Bank", "Daegu", "DGB Daegu Bank", "DGB Bank"],
    ),
    bank(
        "032",
        "부산은행",
        "Busan Bank",
        OfficialSdk,
        &["부산", "BNK부산", "BNK부산은행", "Busan", "BNK Busan Bank", "Pusan Bank"],
    ),
    bank("034", "광주은행", "Kwangju Bank", OfficialSdk, &["광주", "Kwangju", "Gwangju", "Gwangju Bank"]),
    bank("035", "제주은행", "Jeju Bank", ClearingCode, &["제주", "Jeju"]),
    bank(
        "037",
        "전북은행",
        "Jeonbuk Bank",
        ClearingCode,
        &["전북", "JB전북", "JB전북은행", "Jeonbuk", "JB Jeonbuk Bank"],
    ),
    bank(
        "039",
        "경남은행",
        "Kyongnam Bank",
        OfficialSdk,
        &["경남", "BNK경남", "BNK경남은행", "Kyongnam", "Gyeongnam", "Gyeongnam Bank", "BNK Kyongnam Bank"],
    ),
    bank(
        "045",
        "새마을금고",
        "MG Saemaul Geumgo",
        BootpayNotes,
        &["새마을", "새마을금고중앙회", "MG", "MG새마을", "MG새마을금고", "KFCC", "Saemaul", "Saemaul Geumgo"],
    ),
    bank(
        "048",
        "신협",
        "Shinhyup Credit Union",
        ClearingCode,
        &["신협중앙회", "신협은행", "신용협동조합", "신용협동조합중앙회", "NACUFOK", "Shinhyup", "Shinhyup Bank"],
    ),
    bank(
        "050",
        "저축은행",
        "Mutual Savings Bank",
        ClearingCode,
        &["저축", "상호저축은행", "저축은행중앙회", "Savings Bank", "Mutual Savings"],
    ),
    bank(
        "071",
        "우체국",
        "Korea Post",
        OfficialSdk,
        &["우체국은행", "우체국예금", "우정사업본부", "Post Office", "ePost"],
    ),
    bank(
        "081",
        "KEB하나은행",
        "Hana Bank",
        OfficialSdk,
        &["하나", "하나은행", "KEB하나", "Hana", "KEB Hana", "KEB Hana Bank"],
    ),
    bank("088", "신한은행", "Shinhan Bank", OfficialSdk, &["신한", "Shinhan"]),
    bank("089", "케이뱅크", "K Bank", OfficialSdk, &["K뱅크", "케이뱅크은행"]),
    bank("090", "카카오뱅크", "Kakao Bank", OfficialSdk, &["카카오", "카뱅", "한국카카오은행", "카카오은행", "Kakao"]),
    bank("092", "토스뱅크", "Toss Bank", BootpayNotes, &["토스", "토스은행", "Toss"]),
];
