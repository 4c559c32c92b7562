//! Product descriptions from word lists.

const SIZES: [&str; 5] = ["", "LARGE ", "SMALL ", "SET OF 4 ", "MINI "];
const COLOURS: [&str; 12] = [
    "BLUE", "WHITE", "OLIVE", "RED", "CREAM", "MUSTARD", "TEAL", "CORAL", "CHARCOAL", "LILAC", "SAGE", "NAVY",
];
/// Colours that one design may come in.
const VARIANTS: usize = 3;
const MATERIALS: [&str; 20] = [
    "ENAMEL",
    "OAK",
    "CERAMIC",
    "LINEN",
    "GLASS",
    "WICKER",
    "FELT",
    "COPPER",
    "BAMBOO",
    "WOOL",
    "STONEWARE",
    "RATTAN",
    "COTTON",
    "SLATE",
    "CORK",
    "PAPER",
    "MARBLE",
    "TIN",
    "BEECH",
    "VELVET",
];
const THINGS: [&str; 40] = [
    "TEAPOT",
    "TRAY",
    "LANTERN",
    "BREAD BASKET",
    "PHOTO FRAME",
    "MUG",
    "VASE",
    "CAKE STAND",
    "DOORSTOP",
    "COASTER",
    "BUTTER DISH",
    "PLANT POT",
    "WALL CLOCK",
    "COAT HOOK",
    "SUGAR BOWL",
    "JEWELLERY BOX",
    "RECIPE TIN",
    "GARLAND",
    "STORAGE JAR",
    "EGG CUP",
    "NAPKIN RING",
    "WATERING CAN",
    "BIRD FEEDER",
    "LETTER RACK",
    "CUSHION",
    "KEY RING",
    "NOTEBOOK",
    "TABLE RUNNER",
    "MILK JUG",
    "TEALIGHT HOLDER",
    "BOOKEND",
    "PENCIL CASE",
    "LUNCH BOX",
    "APRON",
    "TOY RABBIT",
    "SPICE RACK",
    "MAGNET SET",
    "DOOR WREATH",
    "WINE COOLER",
    "BLANKET",
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
    let all = THINGS.len() * MATERIALS.len() * SIZES.len() * groups;
    // A prime that does not divide `all` visits every combination once, neighbours far apart.
    let mut rest = design as usize * 7_919 % all;
    let mut next = |choices: usize| {
        let choice = rest % choices;
        rest /= choices;
        choice
    };
    let (thing, material, size, group) =
        (next(THINGS.len()), next(MATERIALS.len()), next(SIZES.len()), next(groups));
    let colour = group * VARIANTS + variant % VARIANTS;
    format!("{}{} {} {}", SIZES[size], COLOURS[colour], MATERIALS[material], THINGS[thing])
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
