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
    fn descriptions_differ() {
        let designs = 0..16_000;
        let all: HashSet<String> = designs
            .flat_map(|design| (0..VARIANTS).map(move |variant| description(design, variant)))
            .collect();
        assert_eq!(all.len(), 16_000 * VARIANTS);
        assert_eq!((0..80).map(consumable).collect::<HashSet<_>>().len(), 80);
    }
}
