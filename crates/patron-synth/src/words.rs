//! Product descriptions from word lists.

const STYLES: [&str; 9] =
    ["", "LARGE ", "SMALL ", "SET OF 4 ", "MINI ", "RETRO ", "STRIPED ", "SPOTTED ", "FLORAL "];
const COLOURS: [&str; 12] = [
    "BLUE", "WHITE", "OLIVE", "RED", "CREAM", "MUSTARD", "TEAL", "CORAL", "CHARCOAL", "LILAC", "SAGE", "NAVY",
];
/// Colours that one design may come in.
pub(crate) const VARIANTS: usize = 3;
const HARD: [&str; 12] = [
    "ENAMEL",
    "OAK",
    "CERAMIC",
    "GLASS",
    "COPPER",
    "BAMBOO",
    "STONEWARE",
    "MARBLE",
    "TIN",
    "BEECH",
    "SLATE",
    "RESIN",
];
const HARD_THINGS: [&str; 28] = [
    "TEAPOT",
    "TRAY",
    "LANTERN",
    "BREAD BIN",
    "PHOTO FRAME",
    "MUG",
    "VASE",
    "CAKE STAND",
    "COASTER",
    "BUTTER DISH",
    "PLANT POT",
    "WALL CLOCK",
    "COAT HOOK",
    "SUGAR BOWL",
    "JEWELLERY BOX",
    "RECIPE BOX",
    "STORAGE JAR",
    "EGG CUP",
    "NAPKIN RING",
    "WATERING CAN",
    "BIRD FEEDER",
    "LETTER RACK",
    "MILK JUG",
    "TEALIGHT HOLDER",
    "BOOKEND",
    "SPICE RACK",
    "MAGNET",
    "WINE COOLER",
];
const SOFT: [&str; 8] = ["LINEN", "FELT", "WOOL", "COTTON", "VELVET", "CANVAS", "TWEED", "QUILTED"];
const SOFT_THINGS: [&str; 16] = [
    "CUSHION",
    "APRON",
    "TABLE RUNNER",
    "BLANKET",
    "TOY RABBIT",
    "PENCIL CASE",
    "GARLAND",
    "DOORSTOP",
    "TOTE BAG",
    "TEA COSY",
    "OVEN GLOVE",
    "WASH BAG",
    "LUNCH BAG",
    "KEY RING",
    "PEG BAG",
    "NOTEBOOK COVER",
];
const SCENTS: [&str; 10] = [
    "LAVENDER",
    "ROSEMARY",
    "CEDAR",
    "GRAPEFRUIT",
    "VANILLA",
    "FIG",
    "MINT",
    "JASMINE",
    "GINGER",
    "SEA SALT",
];
const CONSUMABLES: [&str; 8] = [
    "SOAP REFILL",
    "TEA POUCH",
    "CANDLE REFILL",
    "HAND CREAM",
    "BATH SALT",
    "ROOM SPRAY",
    "COFFEE BEANS",
    "BISCUITS",
];

/// The departments of the shop: the first level of its categories.
pub(crate) const DEPARTMENTS: [&str; 9] =
    [KITCHEN, "Home & Living", "Storage", "Garden", "Textiles", "Bags & Paper", "Children", PANTRY, SEASONAL];
const KITCHEN: &str = "Kitchen & Dining";
const PANTRY: &str = "Pantry & Bath";
pub(crate) const SEASONAL: &str = "Seasonal";
/// Things of the other departments; what is not named here belongs to the kitchen.
const SHELVES: [(&str, &[&str]); 6] = [
    (
        "Home & Living",
        &["LANTERN", "PHOTO FRAME", "VASE", "WALL CLOCK", "TEALIGHT HOLDER", "BOOKEND", "MAGNET", "DOORSTOP"],
    ),
    ("Storage", &["COAT HOOK", "JEWELLERY BOX", "RECIPE BOX", "STORAGE JAR", "LETTER RACK"]),
    ("Garden", &["PLANT POT", "WATERING CAN", "BIRD FEEDER"]),
    ("Textiles", &["CUSHION", "APRON", "TABLE RUNNER", "BLANKET", "TEA COSY", "OVEN GLOVE"]),
    (
        "Bags & Paper",
        &["PENCIL CASE", "TOTE BAG", "WASH BAG", "LUNCH BAG", "KEY RING", "PEG BAG", "NOTEBOOK COVER"],
    ),
    ("Children", &["TOY RABBIT", "GARLAND"]),
];

/// The department of design `design`, and the kind of thing it is, with a capital first letter.
pub(crate) fn shelf(design: u32) -> (&'static str, String) {
    let (hard, soft) = (HARD.len() * HARD_THINGS.len(), SOFT.len() * SOFT_THINGS.len());
    let article =
        design as usize * 7_919 % ((hard + soft) * STYLES.len() * (COLOURS.len() / VARIANTS)) % (hard + soft);
    let thing = match article.checked_sub(hard) {
        None => HARD_THINGS[article / HARD.len()],
        Some(article) => SOFT_THINGS[article / SOFT.len()],
    };
    let shelf = SHELVES.iter().find(|(_, things)| things.contains(&thing));
    (shelf.map_or(KITCHEN, |&(department, _)| department), in_title_case(thing))
}

/// Department and kind of consumable number `index`.
pub(crate) fn consumable_shelf(index: u32) -> (&'static str, String) {
    (PANTRY, in_title_case(CONSUMABLES[index as usize % CONSUMABLES.len()]))
}

/// `BREAD BIN` as `Bread bin`.
fn in_title_case(thing: &str) -> String {
    let (first, rest) = thing.split_at(1);
    first.to_owned() + &rest.to_lowercase()
}

/// The description of design `design` in its colour number `variant`, in capitals.
///
/// Designs are numbered from 0; up to 16,000 of them, in up to three colours each, have descriptions of their own.
pub(crate) fn description(design: u32, variant: usize) -> String {
    let groups = COLOURS.len() / VARIANTS;
    let (hard, soft) = (HARD.len() * HARD_THINGS.len(), SOFT.len() * SOFT_THINGS.len());
    let all = (hard + soft) * STYLES.len() * groups;
    // A prime that does not divide `all` visits every combination once, neighbours far apart.
    let mut rest = design as usize * 7_919 % all;
    let mut next = |choices: usize| {
        let choice = rest % choices;
        rest /= choices;
        choice
    };
    let (article, style, group) = (next(hard + soft), next(STYLES.len()), next(groups));
    let (material, thing) = match article.checked_sub(hard) {
        None => (HARD[article % HARD.len()], HARD_THINGS[article / HARD.len()]),
        Some(article) => (SOFT[article % SOFT.len()], SOFT_THINGS[article / SOFT.len()]),
    };
    let colour = COLOURS[group * VARIANTS + variant % VARIANTS];
    format!("{}{colour} {material} {thing}", STYLES[style])
}

/// The description of consumable number `index`: something that runs out and is bought again. There are 80.
pub(crate) fn consumable(index: u32) -> String {
    let index = index as usize;
    let scent = (index + index / (SCENTS.len() * CONSUMABLES.len() / 2)) % SCENTS.len();
    format!("{} {}", SCENTS[scent], CONSUMABLES[index % CONSUMABLES.len()])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_thing_stands_on_the_shelf_its_description_names() {
        for design in 0..16_000 {
            let (department, thing) = shelf(design);
            assert!(description(design, 0).ends_with(&format!(" {}", thing.to_uppercase())), "{design}");
            assert!(DEPARTMENTS.contains(&department));
        }
        assert_eq!(shelf(0), (KITCHEN, "Teapot".to_owned()));
        assert!(consumable(3).ends_with("HAND CREAM") && consumable_shelf(3).1 == "Hand cream");
        let all = HARD_THINGS.iter().chain(&SOFT_THINGS);
        assert!(SHELVES.iter().flat_map(|(_, things)| *things).all(|thing| all.clone().any(|t| t == thing)));
    }

    #[test]
    fn descriptions_differ() {
        let designs = 0..16_000;
        let all: HashSet<String> = designs
            .flat_map(|design| (0..VARIANTS).map(move |variant| description(design, variant)))
            .collect();
        assert_eq!(all.len(), 16_000 * VARIANTS);
        assert_eq!((0..80).map(consumable).collect::<HashSet<_>>().len(), 80);
    }
}
