//! First and family names by language.

use fake::Fake;
use fake::faker::name::raw::LastName;
use fake::locales::{DE_DE, EN, FR_FR, IT_IT, NL_NL, PT_PT};
use rand::seq::IndexedRandom;

use crate::seed::SynthRng;

/// What the people of a country are called and its streets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Italian,
    Norwegian,
    Polish,
    Portuguese,
    Spanish,
    Swedish,
}

const DANISH: [&str; 16] = [
    "Anne", "Kirsten", "Mette", "Hanne", "Lise", "Camilla", "Sofie", "Birthe", "Peter", "Jens", "Lars",
    "Søren", "Mads", "Rasmus", "Niels", "Anders",
];
const DUTCH: [&str; 16] = [
    "Sanne", "Femke", "Lotte", "Anouk", "Marieke", "Johanna", "Fleur", "Ilse", "Jan", "Pieter", "Daan",
    "Bram", "Sander", "Joost", "Ruben", "Willem",
];
const ENGLISH: [&str; 16] = [
    "Emily",
    "Charlotte",
    "Grace",
    "Olivia",
    "Hannah",
    "Lucy",
    "Margaret",
    "Susan",
    "James",
    "Oliver",
    "Thomas",
    "George",
    "Henry",
    "Daniel",
    "Robert",
    "Edward",
];
const FINNISH: [&str; 16] = [
    "Aino", "Maria", "Helena", "Anneli", "Kaarina", "Sofia", "Liisa", "Tuulikki", "Juhani", "Mikael",
    "Antero", "Matti", "Tapani", "Eero", "Kalevi", "Ville",
];
const FRENCH: [&str; 16] = [
    "Camille",
    "Léa",
    "Manon",
    "Chloé",
    "Juliette",
    "Sophie",
    "Claire",
    "Élodie",
    "Pierre",
    "Louis",
    "Antoine",
    "Nicolas",
    "Julien",
    "Hugo",
    "François",
    "Mathieu",
];
const GERMAN: [&str; 16] = [
    "Anna",
    "Sabine",
    "Katharina",
    "Ursula",
    "Lena",
    "Julia",
    "Monika",
    "Petra",
    "Lukas",
    "Stefan",
    "Thomas",
    "Jürgen",
    "Michael",
    "Felix",
    "Andreas",
    "Matthias",
];
const ITALIAN: [&str; 16] = [
    "Giulia",
    "Francesca",
    "Chiara",
    "Sara",
    "Martina",
    "Elena",
    "Paola",
    "Lucia",
    "Marco",
    "Alessandro",
    "Luca",
    "Matteo",
    "Giuseppe",
    "Antonio",
    "Davide",
    "Stefano",
];
const NORWEGIAN: [&str; 16] = [
    "Ingrid", "Nora", "Kari", "Astrid", "Marit", "Silje", "Solveig", "Hilde", "Bjørn", "Ole", "Lars", "Knut",
    "Magnus", "Sverre", "Håkon", "Eirik",
];
const POLISH: [&str; 16] = [
    "Anna",
    "Katarzyna",
    "Małgorzata",
    "Agnieszka",
    "Zofia",
    "Ewa",
    "Joanna",
    "Magdalena",
    "Piotr",
    "Krzysztof",
    "Andrzej",
    "Tomasz",
    "Paweł",
    "Michał",
    "Marcin",
    "Jakub",
];
const PORTUGUESE: [&str; 16] = [
    "Maria", "Ana", "Inês", "Beatriz", "Catarina", "Joana", "Mariana", "Sofia", "João", "Pedro", "Miguel",
    "Tiago", "Rui", "Nuno", "António", "Luís",
];
const SPANISH: [&str; 16] = [
    "María", "Carmen", "Lucía", "Ana", "Isabel", "Laura", "Marta", "Elena", "José", "Antonio", "Manuel",
    "Javier", "Carlos", "Pablo", "Sergio", "Álvaro",
];
const SWEDISH: [&str; 16] = [
    "Anna", "Eva", "Karin", "Kristina", "Elsa", "Astrid", "Linnéa", "Ebba", "Erik", "Lars", "Karl", "Anders",
    "Johan", "Björn", "Gustav", "Oskar",
];

const DANISH_FAMILIES: [&str; 16] = [
    "Nielsen",
    "Jensen",
    "Hansen",
    "Andersen",
    "Pedersen",
    "Christensen",
    "Larsen",
    "Sørensen",
    "Rasmussen",
    "Jørgensen",
    "Madsen",
    "Kristensen",
    "Olsen",
    "Thomsen",
    "Poulsen",
    "Møller",
];
const FINNISH_FAMILIES: [&str; 16] = [
    "Korhonen",
    "Virtanen",
    "Mäkinen",
    "Nieminen",
    "Mäkelä",
    "Hämäläinen",
    "Laine",
    "Heikkinen",
    "Koskinen",
    "Järvinen",
    "Lehtonen",
    "Lehtinen",
    "Saarinen",
    "Salminen",
    "Heinonen",
    "Niemi",
];
const NORWEGIAN_FAMILIES: [&str; 16] = [
    "Hansen",
    "Johansen",
    "Olsen",
    "Larsen",
    "Andersen",
    "Pedersen",
    "Nilsen",
    "Kristiansen",
    "Jensen",
    "Karlsen",
    "Johnsen",
    "Pettersen",
    "Eriksen",
    "Berg",
    "Haugen",
    "Hagen",
];
const POLISH_FAMILIES: [&str; 16] = [
    "Nowak",
    "Wójcik",
    "Kowalczyk",
    "Woźniak",
    "Mazur",
    "Krawczyk",
    "Kaczmarek",
    "Zając",
    "Król",
    "Wieczorek",
    "Wróbel",
    "Stępień",
    "Adamczyk",
    "Dudek",
    "Pawlak",
    "Sikora",
];
const SPANISH_FAMILIES: [&str; 16] = [
    "García",
    "Rodríguez",
    "González",
    "Fernández",
    "López",
    "Martínez",
    "Sánchez",
    "Pérez",
    "Gómez",
    "Martín",
    "Jiménez",
    "Ruiz",
    "Hernández",
    "Díaz",
    "Moreno",
    "Álvarez",
];
const SWEDISH_FAMILIES: [&str; 16] = [
    "Andersson",
    "Johansson",
    "Karlsson",
    "Nilsson",
    "Eriksson",
    "Larsson",
    "Olsson",
    "Persson",
    "Svensson",
    "Gustafsson",
    "Pettersson",
    "Jonsson",
    "Lindberg",
    "Lindström",
    "Bergström",
    "Sjöberg",
];

/// First and family name.
pub(crate) fn draw(rng: &mut SynthRng, language: Language, is_woman: bool) -> (&'static str, &'static str) {
    let (women, men) = language.first_names().split_at(8);
    let first = if is_woman { women } else { men }.choose(rng).copied().unwrap_or_default();
    (first, language.family_name(rng))
}

impl Language {
    /// Eight of women, then eight of men.
    fn first_names(self) -> &'static [&'static str; 16] {
        match self {
            Self::Danish => &DANISH,
            Self::Dutch => &DUTCH,
            Self::English => &ENGLISH,
            Self::Finnish => &FINNISH,
            Self::French => &FRENCH,
            Self::German => &GERMAN,
            Self::Italian => &ITALIAN,
            Self::Norwegian => &NORWEGIAN,
            Self::Polish => &POLISH,
            Self::Portuguese => &PORTUGUESE,
            Self::Spanish => &SPANISH,
            Self::Swedish => &SWEDISH,
        }
    }

    fn family_name(self, rng: &mut SynthRng) -> &'static str {
        let from = |families: &[&'static str; 16], rng: &mut SynthRng| {
            families.choose(rng).copied().unwrap_or_default()
        };
        match self {
            Self::Danish => from(&DANISH_FAMILIES, rng),
            Self::Dutch => LastName(NL_NL).fake_with_rng(rng),
            Self::English => LastName(EN).fake_with_rng(rng),
            Self::Finnish => from(&FINNISH_FAMILIES, rng),
            Self::French => LastName(FR_FR).fake_with_rng(rng),
            Self::German => LastName(DE_DE).fake_with_rng(rng),
            Self::Italian => LastName(IT_IT).fake_with_rng(rng),
            Self::Norwegian => from(&NORWEGIAN_FAMILIES, rng),
            Self::Polish => from(&POLISH_FAMILIES, rng),
            Self::Portuguese => LastName(PT_PT).fake_with_rng(rng),
            Self::Spanish => from(&SPANISH_FAMILIES, rng),
            Self::Swedish => from(&SWEDISH_FAMILIES, rng),
        }
    }

    /// Streets with `#` where the number of the house stands.
    pub(crate) fn streets(self) -> &'static [&'static str; 6] {
        match self {
            Self::Danish => &["Algade #", "Skolevej #", "Møllevej #", "Birkevej #", "Nygade #", "Kirkevej #"],
            Self::Dutch => &[
                "Dorpsstraat #",
                "Kerkstraat #",
                "Molenweg #",
                "Schoolstraat #",
                "Julianalaan #",
                "Parklaan #",
            ],
            Self::English => &[
                "# High Street",
                "# Station Road",
                "# Church Lane",
                "# Mill Lane",
                "# Park Avenue",
                "# The Green",
            ],
            Self::Finnish => {
                &["Koulukatu #", "Rantatie #", "Puistotie #", "Kirkkokatu #", "Asematie #", "Mäkitie #"]
            }
            Self::French => &[
                "# rue de l'Église",
                "# rue du Moulin",
                "# place de la Mairie",
                "# avenue de la Gare",
                "# rue des Écoles",
                "# rue Victor Hugo",
            ],
            Self::German => &[
                "Hauptstraße #",
                "Schulstraße #",
                "Gartenweg #",
                "Bahnhofstraße #",
                "Lindenallee #",
                "Am Mühlbach #",
            ],
            Self::Italian => &[
                "Via Roma #",
                "Via Garibaldi #",
                "Corso Italia #",
                "Via Verdi #",
                "Via Dante #",
                "Viale Europa #",
            ],
            Self::Norwegian => {
                &["Storgata #", "Skoleveien #", "Kirkegata #", "Strandgata #", "Bjørkeveien #", "Havnegata #"]
            }
            Self::Polish => &[
                "ul. Polna #",
                "ul. Leśna #",
                "ul. Ogrodowa #",
                "ul. Szkolna #",
                "ul. Lipowa #",
                "ul. Krótka #",
            ],
            Self::Portuguese => &[
                "Rua da Igreja #",
                "Rua Direita #",
                "Rua das Flores #",
                "Avenida da Liberdade #",
                "Largo do Rossio #",
                "Rua do Norte #",
            ],
            Self::Spanish => &[
                "Calle Mayor #",
                "Calle Real #",
                "Calle Nueva #",
                "Plaza de España #",
                "Calle del Sol #",
                "Avenida del Parque #",
            ],
            Self::Swedish => &[
                "Storgatan #",
                "Skolgatan #",
                "Ringvägen #",
                "Kyrkogatan #",
                "Björkvägen #",
                "Strandvägen #",
            ],
        }
    }
}
