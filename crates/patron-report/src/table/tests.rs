use maud::Render;
use patron_domain::{Day, Money};

use super::*;

struct Row {
    sku: &'static str,
    revenue: Money,
    buyers: Option<u32>,
    again: f64,
    last: &'static str,
    rising: bool,
}

const ROWS: [Row; 2] = [
    Row {
        sku: "=cmd|'/c calc'!A1",
        revenue: Money::from_ten_thousandths(12_345_678_950),
        buyers: Some(1_665),
        again: 0.324_324,
        last: "2011-12-09",
        rising: true,
    },
    Row {
        sku: "a \"b\", <c>",
        revenue: Money::from_ten_thousandths(-1_250),
        buyers: None,
        again: f64::NAN,
        last: "2011-11-30",
        rising: false,
    },
];

fn table() -> Table<'static> {
    Table::over(&ROWS)
        .text("sku", "Stock code.", |row| row.sku)
        .heading("Stock code")
        .money("revenue", "Net revenue.", |row| row.revenue)
        .integer("buyers", "customers", "Customers who bought it.", |row| row.buyers)
        .share("buy_again", "Share of buyers who buy it again.", |row| row.again)
        .number(1, "again_in_percent", "percent", "The same as a number.", |row| row.again * 100.0)
        .day("last_sale", "Day of the last sale.", |row| row.last.parse::<Day>().ok())
        .month("last_month", "Month of the last sale.", |row| row.last.parse::<Day>().ok().map(Day::month))
        .yes_no("rising", "Whether it rises.", |row| row.rising)
        .finish()
}

#[test]
fn machines_get_plain_numbers() {
    insta::assert_snapshot!(table().to_csv(CsvReader::Machine), @r#"
    sku,revenue,buyers,buy_again,again_in_percent,last_sale,last_month,rising
    =cmd|'/c calc'!A1,1234567.895,1665,0.324324,32.4324,2011-12-09,2011-12,yes
    "a ""b"", <c>",-0.125,,,,2011-11-30,2011-11,no
    "#);
}

#[test]
fn spreadsheets_get_no_formulas() {
    let csv = table().to_csv(CsvReader::Spreadsheet);
    assert!(csv.contains("\n'=cmd|'/c calc'!A1,"), "{csv}");
    for start in ["=", "+", "-", "@", "\t", "\r"] {
        let rows = [format!("{start}1+1")];
        let csv = Table::over(&rows).text("x", "", |row| row).finish().to_csv(CsvReader::Spreadsheet);
        let field = csv.strip_prefix("x\n").map(|field| field.trim_start_matches('"'));
        assert!(field.is_some_and(|field| field.starts_with('\'')), "{csv:?}");
    }
    assert!(csv.contains(",-0.125,"), "numbers stay numbers: {csv}");
}

#[test]
fn only_the_first_character_of_a_text_counts() {
    for harmless in ["", "a=1+1", " =1+1", "\"=1+1\"", "'=1", "\u{2212}5", "5-1", "\n=1"] {
        assert_eq!(defused(harmless), harmless);
    }
    for (text, safe) in
        [("=1", "'=1"), ("+", "'+"), ("-5", "'-5"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx")]
    {
        assert_eq!(defused(text), safe);
    }
}

#[test]
fn numbers_dates_and_nothing_are_never_touched() {
    let day: Day = "2011-12-09".parse().unwrap();
    let cells = [
        Cell::Empty,
        Cell::Integer(-5),
        Cell::Money(Money::from_ten_thousandths(-1_250)),
        Cell::Number(-0.25),
        Cell::Number(-1e-9),
        Cell::Day(day),
        Cell::Month(day.month()),
        Cell::YesNo(false),
    ];
    let table = Table::over(&cells).column(Kind::Text, "x", "", "Anything.", |cell| cell.clone()).finish();
    assert_eq!(table.to_csv(CsvReader::Spreadsheet), table.to_csv(CsvReader::Machine));
    assert!(table.to_csv(CsvReader::Machine).contains("\n-5\n-0.125\n-0.25\n-1.000e-9\n"));
}

#[test]
fn markdown_is_for_people() {
    insta::assert_snapshot!(table().to_markdown(), @r#"
    | Stock code | Revenue | Buyers | Buy again | Again in percent | Last sale | Last month | Rising |
    | --- | ---: | ---: | ---: | ---: | --- | --- | --- |
    | =cmd\|'/c calc'!A1 | 1,234,567.90 | 1,665 | 32.4% | 32.4 | 9 Dec 2011 | Dec 2011 | yes |
    | a "b", \<c\> | −0.13 |  |  |  | 30 Nov 2011 | Nov 2011 | no |
    "#);
}

#[test]
fn json_keeps_types() {
    let json = table().to_json();
    insta::assert_snapshot!(json["rows"], @r#"[["=cmd|'/c calc'!A1",1234567.895,1665,0.324324,32.4324,"2011-12-09","2011-12",true],["a \"b\", <c>",-0.125,null,null,null,"2011-11-30","2011-11",false]]"#);
    insta::assert_snapshot!(json["columns"][1], @r#"{"heading":"Revenue","key":"revenue","kind":"money","meaning":"Net revenue.","unit":"currency units"}"#);
}

#[test]
fn html_is_escaped_and_cut() {
    let table = table();
    insta::assert_snapshot!(TableView::new(&table, "Products").head(1).file("analytics/x.csv").render().0, @r#"<div class="table-box" role="region" tabindex="0" aria-label="Products"><table class="many"><caption>Products <span class="note">The first 1 of 2; all in analytics/x.csv.</span></caption><thead><tr><th scope="col" title="Stock code.">Stock code</th><th scope="col" class="num" title="Net revenue.">Revenue</th><th scope="col" class="num" title="Customers who bought it.">Buyers</th><th scope="col" class="num" title="Share of buyers who buy it again.">Buy again</th><th scope="col" class="num" title="The same as a number.">Again in percent</th><th scope="col" title="Day of the last sale.">Last sale</th><th scope="col" title="Month of the last sale.">Last month</th><th scope="col" title="Whether it rises.">Rising</th></tr></thead><tbody><tr><th scope="row">=cmd|'/c calc'!A1</th><td class="num">1,234,567.90</td><td class="num">1,665</td><td class="num">32.4%</td><td class="num">32.4</td><td class="date">9 Dec 2011</td><td class="date">Dec 2011</td><td>yes</td></tr></tbody></table></div>"#);
    let all = TableView::new(&table, "Products").render().0;
    assert!(all.contains("a &quot;b&quot;, &lt;c&gt;"));
}

/// Figures in words stand on the right, and a long id may break; words and short ids stay as they are.
#[test]
fn figures_and_ids_have_their_place() {
    let ids = ["17850", "katharina.oberhuber@example.org", "a name of several words"];
    let table = Table::of(ids.to_vec())
        .text("customer", "Id.", |id| id)
        .figures("chance", "Chance.", |_| "fewer than 1 in 20".to_owned())
        .text("why", "Why.", |_| "because")
        .finish();
    let page = TableView::new(&table, "Customers").render().0;
    for part in [
        "<th scope=\"row\">17850</th>",
        "<th scope=\"row\" class=\"code\">katharina.oberhuber@example.org</th>",
        "<th scope=\"row\">a name of several words</th>",
        "<th scope=\"col\" class=\"num\" title=\"Chance.\">",
        "<td class=\"num figures\">fewer than 1 in 20</td>",
        "<td>because</td>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn a_table_can_lose_its_tail() {
    assert_eq!((table().rows(), table().head(1).rows(), table().head(5).rows()), (2, 1, 2));
}

#[test]
fn parquet_is_typed_and_reads_back_as_it_was() {
    let mut shelf = Shelf::new(tempfile::tempfile().unwrap());
    let before = shelf.put(&Table::over(&ROWS).text("sku", "", |row| row.sku).finish()).unwrap();
    let table = table();
    let exact = Table::over(&ROWS)
        .column(Kind::Money { digits: 2 }, "exact", MONEY, "", |row| {
            row.buyers.map(|buyers| Money::from_ten_thousandths(-i64::from(buyers) - 1))
        })
        .finish();
    let (laid_down, exact) = (shelf.put(&table).unwrap(), shelf.put(&exact).unwrap());
    for row in 0..table.rows() {
        let cells: Vec<Cell> = table.columns().iter().map(|column| column.cell(row)).collect();
        assert_eq!(laid_down.cells(row..row + 1).unwrap(), [cells]);
    }
    assert_eq!(exact.column(0, 0..9).unwrap()[0], Cell::Money(Money::from_ten_thousandths(-1666)));
    for reader in [CsvReader::Machine, CsvReader::Spreadsheet] {
        let mut csv = Vec::new();
        laid_down.write_csv(&mut csv, reader).unwrap();
        assert_eq!(String::from_utf8(csv).unwrap(), table.to_csv(reader));
    }
    assert_eq!((before.cells(0..1).unwrap().len(), before.cells(2..9).unwrap().len()), (1, 0));

    let (mut file, mut again) = (Vec::new(), Vec::new());
    laid_down.write_parquet(&mut file).unwrap();
    table.write_parquet(&mut again).unwrap();
    assert_eq!((file == again, file.len() as u64), (true, laid_down.parquet_bytes()));
    let bytes = bytes::Bytes::from(file);
    let reader = ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let fields = reader.schema().fields().iter();
    let types: Vec<String> = fields.map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    insta::assert_debug_snapshot!(types, @r#"
    [
        "sku Utf8",
        "revenue Decimal128(19, 4)",
        "buyers Int64",
        "buy_again Float64",
        "again_in_percent Float64",
        "last_sale Date32",
        "last_month Date32",
        "rising Boolean",
    ]
    "#);
    assert_eq!(reader.schema().field(2).metadata()["unit"], "customers");
    assert_eq!(reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 2);
}

#[test]
fn pages_of_a_long_table_are_where_they_belong() {
    let rows: Vec<usize> = (0..2 * ShelvedTable::GROUP + 5).collect();
    let table = Table::over(&rows).integer("n", "", "", |&row| row).finish();
    let laid_down = Shelf::new(tempfile::tempfile().unwrap()).put(&table).unwrap();
    for start in [0, 7, ShelvedTable::GROUP - 1, ShelvedTable::GROUP, 2 * ShelvedTable::GROUP - 3] {
        let read = laid_down.column(0, start..start + 8).unwrap();
        assert_eq!(read, (start..start + 8).map(Cell::from).collect::<Vec<_>>(), "{start}");
    }
    assert_eq!(laid_down.cells(rows.len() - 1..usize::MAX).unwrap(), [[Cell::from(rows.len() - 1)]]);
    let none = Table::over(&[] as &[u8]).integer("n", "", "", |&row| row).finish();
    let none = Shelf::new(tempfile::tempfile().unwrap()).put(&none).unwrap();
    assert!(none.cells(0..5).unwrap().is_empty());
}
