//! What the words in an order export mean: statuses and the names of items that are no goods.

use std::sync::LazyLock;

use patron_domain::StatusMeaning;
use rustc_hash::FxHashMap;

use super::money::ItemKind;
use crate::field::normalised;
use crate::overlay::{Words, words};

struct Ready {
    statuses: FxHashMap<String, StatusMeaning>,
    /// Word by word.
    gift_cards: Vec<Vec<String>>,
    goods: Vec<String>,
    tips: Vec<String>,
}

static READY: LazyLock<Ready> = LazyLock::new(|| {
    let Words { statuses, items } = words();
    let by_word = statuses
        .into_iter()
        .flat_map(|(meaning, words)| words.into_iter().map(move |word| (normalised(&word), meaning)));
    Ready {
        statuses: by_word.collect(),
        gift_cards: items.gift_cards.iter().map(|phrase| words_of(phrase)).collect(),
        goods: items.goods,
        tips: items.tips,
    }
});

/// A status without case, punctuation and the prefix that WooCommerce stores it with.
pub(super) fn status_word(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).to_lowercase();
    normalised(text.strip_prefix("wc-").unwrap_or(&text))
}

/// What a status means, as [`status_word`] writes it; an order without one is a sale.
pub(super) fn meaning(status: &str) -> StatusMeaning {
    if status.is_empty() {
        return StatusMeaning::Sale;
    }
    READY.statuses.get(status).copied().unwrap_or(StatusMeaning::Unknown)
}

/// What an item is, by its name or code; `is_service` says that the file itself marks it as neither taxable nor sent.
///
/// A name of nothing but gift card or tip, an amount and a currency is one whatever the file marks.
pub(super) fn kind_of(text: &str, is_service: bool) -> ItemKind {
    let words = words_of(text);
    let names: Vec<&String> = words.iter().filter(|word| !is_amount(word)).collect();
    if let [only] = names[..]
        && READY.tips.contains(only)
    {
        return ItemKind::Tip;
    }
    if READY.goods.iter().any(|goods| words.contains(goods)) {
        return ItemKind::Goods;
    }
    let found = READY.gift_cards.iter().filter(|phrase| stands_in(phrase, &words)).map(Vec::len).max();
    match found {
        Some(length) if is_service || length == names.len() => ItemKind::GiftCard,
        _ => ItemKind::Goods,
    }
}

fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_amount(word: &str) -> bool {
    const CURRENCIES: [&str; 6] = ["eur", "euro", "euros", "usd", "gbp", "chf"];
    word.bytes().any(|byte| byte.is_ascii_digit()) || CURRENCIES.contains(&word)
}

/// Whether the words of a phrase follow one another, the last of them perhaps with an ending.
fn stands_in(phrase: &[String], words: &[String]) -> bool {
    let Some((last, first)) = phrase.split_last() else { return false };
    words.windows(phrase.len()).any(|words| {
        words.split_last().is_some_and(|(end, begin)| begin == first && end.starts_with(last.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_known_in_every_spelling_and_in_several_languages() {
        let cases = [
            ("wc-on-hold", StatusMeaning::Unpaid),
            ("ON_HOLD", StatusMeaning::Unpaid),
            ("Pending payment", StatusMeaning::Unpaid),
            ("Storniert", StatusMeaning::Cancelled),
            ("Annulée", StatusMeaning::Cancelled),
            ("Cancelado", StatusMeaning::Cancelled),
            ("Geannuleerd", StatusMeaning::Cancelled),
            ("Annullato", StatusMeaning::Cancelled),
            ("In Wartestellung", StatusMeaning::Unpaid),
            ("Zahlung ausstehend", StatusMeaning::Unpaid),
            ("Fehlgeschlagen", StatusMeaning::Unpaid),
            ("Échouée", StatusMeaning::Unpaid),
            ("En attente", StatusMeaning::Unpaid),
            ("R\u{fc}ckerstattet", StatusMeaning::Refunded),
            ("Remboursée", StatusMeaning::Refunded),
            ("Reembolsado", StatusMeaning::Refunded),
            ("voided", StatusMeaning::Voided),
            ("Versandt", StatusMeaning::Sale),
            ("partially_refunded", StatusMeaning::Sale),
            ("", StatusMeaning::Sale),
            ("hold", StatusMeaning::Unknown),
            ("in the attic", StatusMeaning::Unknown),
        ];
        for (status, expected) in cases {
            assert_eq!(meaning(&status_word(status.as_bytes())), expected, "{status}");
        }
    }

    #[test]
    fn no_word_has_two_meanings() {
        let all: Vec<String> = words().statuses.values().flatten().map(|word| normalised(word)).collect();
        let mut different = all.clone();
        different.sort_unstable();
        different.dedup();
        let twice: Vec<_> =
            different.iter().filter(|word| all.iter().filter(|w| w == word).count() > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn gift_cards_and_tips_are_told_from_goods_by_whole_words() {
        let cases = [
            ("Geschenkgutschein", false, ItemKind::GiftCard),
            ("Gutschein 25 EUR", false, ItemKind::GiftCard),
            ("Carte cadeau 30", false, ItemKind::GiftCard),
            ("Gift Card - 50", false, ItemKind::GiftCard),
            ("Gift cards", false, ItemKind::GiftCard),
            ("Acme gift card", false, ItemKind::Goods),
            ("Acme gift card", true, ItemKind::GiftCard),
            ("Leather gift card holder", false, ItemKind::Goods),
            ("Leather gift card holder", true, ItemKind::Goods),
            ("Gift and card", true, ItemKind::Goods),
            ("Trinkgeld", false, ItemKind::Tip),
            ("Tip 10%", false, ItemKind::Tip),
            ("Tip-top boots", true, ItemKind::Goods),
        ];
        for (name, is_service, expected) in cases {
            assert_eq!(kind_of(name, is_service), expected, "{name}");
        }
    }
}
