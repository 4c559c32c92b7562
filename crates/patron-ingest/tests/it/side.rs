//! Customers, products and costs: what is understood, what is refused, and in which words.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, StringArray};
use insta::assert_snapshot;
use patron_domain::{
    AcquisitionSpend, AttributeKind, ContactCost, CustomerAttributes, CustomerRow, MarketingCosts, Money,
    ProductAttributes, ProductRow,
};
use patron_ingest::{
    DateOrder, DecimalMark, IngestError, SideFile, SideOptions, read_costs, read_customers, read_products,
    template,
};
use proptest::prelude::*;

use crate::workbooks_and_parquet::{row, workbook, write_parquet};

type Read<T> = fn(&Path, &SideOptions) -> Result<SideFile<T>, IngestError>;

fn read_bytes<T>(
    read: Read<T>,
    name: &str,
    bytes: impl AsRef<[u8]>,
    options: &SideOptions,
) -> Result<SideFile<T>, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, options)
}

fn customers(text: impl AsRef<[u8]>) -> SideFile<Vec<CustomerRow>> {
    read_bytes(read_customers, "file.csv", text, &SideOptions::default()).unwrap()
}

fn products(text: impl AsRef<[u8]>) -> SideFile<Vec<ProductRow>> {
    read_bytes(read_products, "file.csv", text, &SideOptions::default()).unwrap()
}

fn costs(text: impl AsRef<[u8]>) -> SideFile<MarketingCosts> {
    read_bytes(read_costs, "file.csv", text, &SideOptions::default()).unwrap()
}

/// The sentence with the folder taken off the file's name.
fn refused<T: std::fmt::Debug>(read: Read<T>, text: impl AsRef<[u8]>) -> String {
    let error = read_bytes(read, "file.csv", text, &SideOptions::default()).unwrap_err().to_string();
    error[error.find("file.csv").unwrap()..].to_owned()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn templates_read_back_as_their_example_lines() {
    let read = customers(template(AttributeKind::Customers));
    let anna = CustomerRow {
        line: 2,
        external_id: some("17850"),
        attributes: CustomerAttributes {
            name: some("Anna"),
            surname: some("Smith"),
            email: some("anna.smith@example.com"),
            phone: some("+44 20 7946 0018"),
            country: some("United Kingdom"),
            city: some("London"),
            address: some("12 High Street"),
            zip_code: some("N1 9GU"),
            birthday: Some("1984-03-05".parse().unwrap()),
            gender: some("female"),
            acquisition_channel: some("newsletter"),
            may_contact: Some(true),
        },
    };
    assert_eq!((read.rows, read.content), (1, vec![anna]));
    assert!(read.ignored.is_empty() && read.warnings.is_empty());
    assert_eq!(read.dates.as_deref(), Some("year-month-day"));

    let read = products(template(AttributeKind::Products));
    let lantern = ProductRow {
        line: 2,
        sku: "85123A".to_owned(),
        attributes: ProductAttributes {
            category: some("Lighting"),
            producer_country: some("India"),
            price: Some(money("2.55")),
            unit_cost: Some(money("1.10")),
            launched: Some("2010-12-01".parse().unwrap()),
            retired: Some("2011-11-30".parse().unwrap()),
        },
    };
    assert_eq!((read.rows, read.content), (1, vec![lantern]));
    assert!(read.ignored.is_empty() && read.warnings.is_empty());

    let read = costs(template(AttributeKind::Costs));
    let expected = MarketingCosts {
        contacts: vec![ContactCost { channel: "letter".to_owned(), cost: money("0.85") }],
        acquisition: vec![AcquisitionSpend {
            month: "2011-11".parse().unwrap(),
            channel: "search".to_owned(),
            amount: money("1250"),
        }],
    };
    assert_eq!((read.rows, read.content), (2, expected));
    assert!(read.ignored.is_empty() && read.warnings.is_empty());
    for kind in AttributeKind::ALL {
        assert!(template(kind).ends_with('\n'), "{kind:?}");
    }
}

#[test]
fn headings_are_found_by_name_and_the_others_told() {
    let file = customers(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,\
         Default Address Country Code,Default Address Zip,Phone,Total Spent,Tags\n\
         '6940095905814,Anna,Null, Anna@Example.COM ,no,Leeds,GB,01234,'441132000000,12.00,vip\n\
         17850.0,,,,,,,,,,\n",
    );
    let shown: Vec<_> = file.columns.iter().map(|c| format!("{}={}", c.field, c.column)).collect();
    assert_eq!(
        shown,
        [
            "customer_id=Customer ID",
            "email=Email",
            "first_name=First Name",
            "last_name=Last Name",
            "phone=Phone",
            "country=Default Address Country Code",
            "city=Default Address City",
            "zip=Default Address Zip",
            "accepts_marketing=Accepts Email Marketing",
        ]
    );
    assert_eq!(file.ignored, ["Total Spent", "Tags"]);
    let [anna, bare] = &file.content[..] else { panic!("{:?}", file.content) };
    assert_eq!(anna.external_id.as_deref(), Some("6940095905814"));
    assert_eq!(anna.attributes.email.as_deref(), Some("anna@example.com"));
    assert_eq!(anna.attributes.surname.as_deref(), Some("Null"));
    assert_eq!(anna.attributes.phone.as_deref(), Some("441132000000"));
    assert_eq!(anna.attributes.zip_code.as_deref(), Some("01234"));
    assert_eq!(anna.attributes.may_contact, Some(false));
    assert_eq!((bare.line, bare.external_id.as_deref()), (3, Some("17850")));
    assert!(bare.attributes.is_empty());
}

#[test]
fn a_product_export_of_a_shop_system_is_read() {
    let file = products(
        "Handle,Title,Product Category,Variant SKU,Variant Price,Cost per item,Image Position\n\
         lamp,Lamp,Lighting,L-1,20.00,8.5,1\nlamp,,,L-2,25.00,,2\nlamp,,,,,,3\n",
    );
    let shown: Vec<_> =
        file.content.iter().map(|p| (p.line, p.sku.as_str(), p.attributes.unit_cost)).collect();
    assert_eq!(shown, [(2, "L-1", Some(money("8.50"))), (3, "L-2", None)]);
    assert_eq!(file.ignored, ["Handle", "Title", "Image Position"]);
    assert_eq!(file.rows, 2);
    assert_snapshot!(file.warnings.join("\n"), @"passed over 1 line without anything in the columns that were understood; the first is line 4");
}

#[test]
fn equal_repeats_are_left_out() {
    let file = customers(
        "id,email,city,birthday\n1,a@b.de,Leeds,1980-01-31\n1,A@B.DE ,Leeds,31 Jan 1980\n,c@d.de,York,\n,C@d.de,York,\n",
    );
    let ids: Vec<_> = file.content.iter().map(|c| (c.line, c.external_id.as_deref())).collect();
    assert_eq!((file.rows, ids), (2, vec![(2, Some("1")), (4, None)]));
    assert_eq!(file.warnings, ["left out 2 lines that repeat another"]);
    let file = products("sku,cost\nA,1.1\nA,1.10\na,2\n");
    assert_eq!(file.content.iter().map(|p| p.sku.as_str()).collect::<Vec<_>>(), ["A", "a"]);
}

#[test]
fn a_line_without_id_is_about_the_customer_whose_address_it_has() {
    let file = customers(
        "id,email,city\n,a@b.de,Leeds\n1,a@b.de,Leeds\n2,c@d.de,York\n3,c@d.de,Hull\n,c@d.de,Bath\n",
    );
    let shown: Vec<_> = file.content.iter().map(|c| (c.line, c.external_id.as_deref())).collect();
    assert_eq!(shown, [(3, Some("1")), (4, Some("2")), (5, Some("3")), (6, None)]);
    assert_eq!(file.warnings, ["left out 1 line that repeats another"]);
    assert_snapshot!(refused(read_customers, "id,email,city\n,x@y.de,Bath\n,a@b.de,York\n1,a@b.de,Leeds\n"), @"file.csv: lines 3 and 4 both describe customer 'a@b.de', and differ in column 'city' ('York', 'Leeds'); keep one of them");
}

#[test]
fn costs_come_in_three_forms() {
    let spend =
        costs("Month;Channel;Spend\nNov 2011;search;1.250,50\n12/2011;search;900,00\n2011-10;friends;0\n");
    let shown: Vec<_> = spend
        .content
        .acquisition
        .iter()
        .map(|spend| format!("{} {} {}", spend.month, spend.channel, spend.amount))
        .collect();
    assert_eq!(shown, ["2011-10 friends 0.00", "2011-11 search 1250.50", "2011-12 search 900.00"]);
    assert!(spend.content.contacts.is_empty());

    let contacts = costs("channel,cost per contact\nletter,0.85\ne-mail,0.002\n");
    let shown: Vec<_> =
        contacts.content.contacts.iter().map(|c| format!("{} {}", c.channel, c.cost)).collect();
    assert_eq!(shown, ["e-mail 0.002", "letter 0.85"]);
    assert!(contacts.content.acquisition.is_empty());

    let both =
        costs("kind,channel,month,amount\nContact cost,mail,,£1\nAcquisition spend,mail,15/11/2011,€ 2\n");
    assert_eq!(
        (both.content.contacts.len(), both.content.acquisition[0].month.to_string()),
        (1, "2011-11".into())
    );
    assert_eq!(both.dates.as_deref(), Some("day first, because line 3 has 15/11/2011"));
}

#[test]
fn the_dialects_of_sales_files_are_those_of_these_files() {
    let text = "SKU;Warengruppe;Category;Unit cost;Launched\r\nÄ1;x;Möbel;1.234,50;31.01.2011\r\nB2;y;\"a;b\";0,10;01.02.2011\r\n";
    let expected = products(text).content;
    assert_eq!(expected[0].attributes.unit_cost, Some(money("1234.5")));
    assert_eq!(expected[1].attributes.launched, Some("2011-02-01".parse().unwrap()));
    assert_eq!(expected[1].attributes.category.as_deref(), Some("a;b"));

    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(text);
    let zipped = {
        use std::io::Write as _;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let announced = format!("sep=;\n{text}");
    let tabs = text.replace("\"a;b\"", "a|b").replace(';', "\t");
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (bytes, encoding, compression) in [
        (wide.as_slice(), "UTF-16LE", None),
        (&latin, "windows-1252", None),
        (&zipped, "UTF-8", Some("gzip")),
        (&packed, "UTF-8", Some("zstd")),
    ] {
        let file = products(bytes);
        assert_eq!(file.content, expected, "{encoding} {compression:?}");
        assert_eq!(file.file.encoding.as_deref(), Some(encoding));
        assert_eq!(file.file.compression.as_deref(), compression);
        assert_eq!((file.file.bytes, file.file.sha256.len()), (bytes.len() as u64, 64));
        assert_eq!(file.file.delimiter.as_deref(), Some("semicolon"));
    }
    let lines = |text: &str| products(text).content.into_iter().map(|p| (p.sku, p.line)).collect::<Vec<_>>();
    assert_eq!(lines(&announced), [("Ä1".to_owned(), 3), ("B2".to_owned(), 4)]);
    assert_eq!(products(tabs).file.delimiter.as_deref(), Some("tab"));
}

#[test]
fn workbooks_are_read_with_their_dates_and_numbers() {
    let heads = row(1, &["Customer ID", "Birthday", "City", "Opt-in"]);
    let lines = row(2, &["17850", "date:30746", "Leeds", "1"]) + &row(4, &["17851", "30747", "", "0"]);
    let notes = row(1, &["just a note"]);
    let sales = row(1, &["customer", "date", "amount"]) + &row(2, &["1", "2011-01-31", "5"]);
    let sheets = [("Notes", notes.as_str()), ("Sales", &sales), ("People", &(heads.clone() + &lines))];
    let file = read_bytes(read_customers, "file.xlsx", workbook(&sheets), &SideOptions::default()).unwrap();
    let shown: Vec<_> = file
        .content
        .iter()
        .map(|c| {
            (
                c.line,
                c.external_id.clone().unwrap(),
                c.attributes.birthday.unwrap().to_string(),
                c.attributes.may_contact,
            )
        })
        .collect();
    let expected = [
        (2, "17850".to_owned(), "1984-03-05".to_owned(), Some(true)),
        (4, "17851".to_owned(), "1984-03-06".to_owned(), Some(false)),
    ];
    assert_eq!(shown, expected);
    assert_eq!(file.file.format, "xlsx");

    let people = heads + &lines;
    let two = workbook(&[("North", &people), ("South", &people)]);
    let error =
        read_bytes(read_customers, "file.xlsx", &two, &SideOptions::default()).unwrap_err().to_string();
    assert_snapshot!(error[error.find("file.xlsx").unwrap()..], @"file.xlsx has customers on several sheets ('North', 'South'); name one with --sheet, or save it as a workbook of its own");
    let told = SideOptions { sheet: some("South"), ..SideOptions::default() };
    assert_eq!(read_bytes(read_customers, "file.xlsx", &two, &told).unwrap().content.len(), 2);
}

#[test]
fn parquet_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.parquet");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("colour", Arc::new(StringArray::from(vec!["red", "blue"]))),
        ("launched", Arc::new(Date32Array::from(vec![Some(14_944), None]))),
        ("sku", Arc::new(StringArray::from(vec!["A", "B"]))),
        ("unit_cost", Arc::new(Float64Array::from(vec![Some(1.5), Some(2.0)]))),
    ];
    write_parquet(&path, columns);
    let file = read_products(&path, &SideOptions::default()).unwrap();
    let shown: Vec<_> = file
        .content
        .iter()
        .map(|p| {
            (
                p.sku.as_str(),
                p.attributes.unit_cost.unwrap().to_string(),
                p.attributes.launched.map(|d| d.to_string()),
            )
        })
        .collect();
    assert_eq!(shown, [("A", "1.50".to_owned(), some("2010-12-01")), ("B", "2.00".to_owned(), None)]);
    assert_eq!((file.file.format.as_str(), file.ignored), ("parquet", vec!["colour".to_owned()]));
}

#[test]
fn files_that_are_not_what_was_asked_for() {
    assert_snapshot!(refused(read_customers, ""), @"file.csv is empty; export it again");
    assert_snapshot!(refused(read_customers, "customer_id,city\n"), @"file.csv has headings but no line below them; add lines like that of `patron template customers`");
    assert_snapshot!(refused(read_products, "sku,unit_cost\n,\n , \n"), @"file.csv has headings but no line below them; add lines like that of `patron template products`");
    assert_snapshot!(refused(read_products, "%PDF-1.7"), @"file.csv is a PDF, not a table of products; save it as CSV, Excel (.xlsx) or Parquet and name that file");
    assert_snapshot!(refused(read_customers, "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,2,3,2011-01-31,5,6,France\n"), @"file.csv is a sales log and not a customers file: it has 'InvoiceNo', 'InvoiceDate', 'Quantity'; give it as the sales file, and here one made like `patron template customers`");
    assert_snapshot!(refused(read_products, "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,2,3,2011-01-31,5,6,France\n"), @"file.csv is a sales log and not a products file: it has 'InvoiceNo', 'InvoiceDate', 'Quantity'; give it as the sales file, and here one made like `patron template products`");
    assert_snapshot!(refused(read_costs, "customer,date,amount\n1,2011-01-31,5\n"), @"file.csv is a sales log and not a costs file: it has 'customer', 'date', 'amount'; give it as the sales file, and here one made like `patron template costs`");
    assert_snapshot!(refused(read_customers, "customer,date,amount\n1,2011-01-31,5\n"), @"file.csv is a sales log and not a customers file: it has 'customer', 'date', 'amount'; give it as the sales file, and here one made like `patron template customers`");
    assert_snapshot!(refused(read_customers, "Name,Email,Created at,Lineitem name,Lineitem price\n#1,a@b.de,2011-01-31,x,5\n"), @"file.csv is a sales log and not a customers file: it has 'Lineitem name'; give it as the sales file, and here one made like `patron template customers`");
    assert_snapshot!(refused(read_customers, " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"), @"file.csv is a sales log and not a customers file: it has 'customer_id', 'date', 'cds', 'amount'; give it as the sales file, and here one made like `patron template customers`");
    assert_snapshot!(refused(read_costs, "contact,letter,,0.85\n"), @"file.csv has no headings: its first line is 1: 'contact', 2: 'letter', 3: '', 4: '0.85'; write a line above it that names the columns as `patron template costs` does");
    assert_snapshot!(refused(read_products, "colour,size\nred,10\n"), @"file.csv: no column was recognised as the product's stock code (sku); the columns are 'colour', 'size': name them as `patron template products` does");
    assert_snapshot!(refused(read_customers, "sku,unit_cost\nA,1\n"), @"file.csv: no column was recognised as the customer's id or e-mail address; the columns are 'sku', 'unit_cost': name them as `patron template customers` does");
    assert_snapshot!(refused(read_customers, "customer_id,colour\n1,red\n"), @"file.csv: no column was recognised as anything about the customers, such as country, city or birthday; the columns are 'customer_id', 'colour': name them as `patron template customers` does");
    assert_snapshot!(refused(read_products, "sku,colour\n1,red\n"), @"file.csv: no column was recognised as anything about the products, such as unit_cost or category; the columns are 'sku', 'colour': name them as `patron template products` does");
    assert_snapshot!(refused(read_costs, "month,amount\n2011-11,5\n"), @"file.csv: no column was recognised as the channel; the columns are 'month', 'amount': name them as `patron template costs` does");
    assert_snapshot!(refused(read_costs, "month,channel\n2011-11,search\n"), @"file.csv: no column was recognised as the amount; the columns are 'month', 'channel': name them as `patron template costs` does");
    assert_snapshot!(refused(read_costs, "name,colour\nx,red\n"), @"file.csv: no column was recognised as the channel, nor as the amount; the columns are 'name', 'colour': name them as `patron template costs` does");
    assert_snapshot!(refused(read_customers, "id,email,E-Mail\n1,a@b.de,c@d.de\n"), @"file.csv: columns 2 and 3 are both called 'email'; rename or remove one of them");
    assert_snapshot!(refused(read_customers, "id^email^city\n1^a@b.de^Leeds\n"), @"file.csv: line 1 reads as a single column ('id^email^city'); columns must be separated by comma, semicolon, tab or |: export the file again with one of them");
}

#[test]
fn files_that_are_missing_or_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_costs(&folder.path().join("gone.csv"), &SideOptions::default()).unwrap_err();
    assert!(matches!(error, IngestError::NotFound { .. }), "{error}");
    let error = read_costs(folder.path(), &SideOptions::default()).unwrap_err();
    assert!(matches!(error, IngestError::Folder { .. }), "{error}");
    assert_snapshot!(refused(read_customers, "id,city\n1,Leeds,x\n"), @"file.csv: line 2 has 3 fields where the headings have 2; quote the texts in which the delimiter occurs");
    assert_snapshot!(refused(read_customers, "id,city\n1,Leeds\n2\n"), @"file.csv: line 3 has 1 field where the headings have 2; complete it or remove it");
    assert_snapshot!(refused(read_customers, "id,city\n1,Le\0eds\n"), @"file.csv: line 2 holds a zero byte; the file is damaged there: export it again");
    assert_snapshot!(refused(read_customers, "id,city\n1,Leeds\n2,\"York\n"), @"file.csv: line 3, column 2: a quotation mark is opened and never closed; close it, or double it where it belongs to the text");
}

#[test]
fn customers_that_are_refused() {
    assert_snapshot!(refused(read_customers, "id,email,city\n1,,Leeds\n,,York\n"), @"file.csv: line 3 names no customer: it has neither an id nor an e-mail address; add one or remove the line");
    assert_snapshot!(refused(read_customers, "id,email,city\n1,a@b.de,Leeds\n,anna,York\n"), @"file.csv: line 3 names no customer: it has neither an id nor an e-mail address; add one or remove the line");
    assert_snapshot!(refused(read_customers, "id,city\n1,Leeds\n2,York\n1.0,York\n"), @"file.csv: lines 2 and 4 both describe customer '1', and differ in column 'city' ('Leeds', 'York'); keep one of them");
    assert_snapshot!(refused(read_customers, "email,town,sex\na@b.de,Leeds,f\nA@B.de,Leeds,\n"), @"file.csv: lines 2 and 3 both describe customer 'a@b.de', and differ in column 'sex' ('f', ''); keep one of them");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,1980-02-30\n"), @"file.csv: line 2, column 'birthday' has '1980-02-30', which is no date between 1900 and 2200; correct it or leave it empty");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,1890-01-31\n"), @"file.csv: line 2, column 'birthday' has '1890-01-31', which is no date between 1900 and 2200; correct it or leave it empty");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,2980-01-31\n"), @"file.csv: line 2, column 'birthday' has '2980-01-31', which is no date between 1900 and 2200; correct it or leave it empty");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,31/01/1980\n2,in spring\n"), @"file.csv: line 3, column 'birthday' has 'in spring', which is no date between 1900 and 2200; correct it or leave it empty");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,03/04/1980\n"), @"file.csv: line 2, column 'birthday' has 03/04/1980, which is 3 April 1980 or 4 March 1980, and no line settles it; say --dates day-first for 3 April 1980, --dates month-first for 4 March 1980");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,31/01/1980\n2,01/31/1980\n"), @"file.csv: column 'birthday' mixes two ways to write dates: line 2 has 31/01/1980 (day first), line 3 has 01/31/1980 (month first); write them one way");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,31/12/84\n2,31/12/45\n"), @"file.csv: line 3, column 'birthday' has '31/12/45', which may be a day in 1945 or in 2045; write the year with four digits");
    assert_snapshot!(refused(read_customers, "id,birthday\n1,01-Mar-05\n"), @"file.csv: line 2, column 'birthday' has '01-Mar-05', which may be a day in 1905 or in 2005; write the year with four digits");
    assert_snapshot!(refused(read_customers, "id,accepts marketing\n1,yes\n2,maybe\n"), @"file.csv: line 3, column 'accepts marketing' has 'maybe'; write yes or no, or leave it empty");
}

#[test]
fn products_that_are_refused() {
    assert_snapshot!(refused(read_products, "Stock Code,cost\nA,1\n,2\n"), @"file.csv: line 3, column 'Stock Code' is empty; a product is known by its stock code: write it there or remove the line");
    assert_snapshot!(refused(read_products, "sku,category,cost\nA,Lamps,1\nB,Lamps,1\nA,Lamps,2\n"), @"file.csv: lines 2 and 4 both describe product 'A', and differ in column 'cost' ('1', '2'); keep one of them");
    assert_snapshot!(refused(read_products, "sku,Unit cost\nA,-1\n"), @"file.csv: line 2, column 'Unit cost' has '-1'; a cost or price is never below 0: correct it");
    assert_snapshot!(refused(read_products, "sku,price\nA,(5.00)\n"), @"file.csv: line 2, column 'price' has '(5.00)'; a cost or price is never below 0: correct it");
    assert_snapshot!(refused(read_products, "sku,Unit cost\nA,1\nB,40%\n"), @"file.csv: line 3, column 'Unit cost' has '40%', a percentage where an amount is meant: write the cost of one unit as an amount");
    assert_snapshot!(refused(read_products, "sku,price\nA,40 %\n"), @"file.csv: line 2, column 'price' has '40 %', a percentage where an amount is meant: write the price of one unit as an amount");
    assert_snapshot!(refused(read_products, "sku,Margin %\nA,40\n"), @"file.csv: column 'Margin %' holds percentages where an amount is meant: write the cost of one unit as an amount");
    assert_snapshot!(refused(read_products, "sku,price,cost_percent\nA,5,40\n"), @"file.csv: column 'cost_percent' holds percentages where an amount is meant: write the cost of one unit as an amount");
    assert_snapshot!(refused(read_products, "sku,cost\nA,cheap\n"), @"file.csv: line 2, column 'cost' has 'cheap', which is no amount; write it as 12.50");
    assert_snapshot!(refused(read_products, "sku,cost\nA,99999999999999999999\n"), @"file.csv: line 2, column 'cost' has '99999999999999999999', which is too large to be counted exactly; correct it");
    assert_snapshot!(refused(read_products, "sku;cost\nA;1,234\n"), @"file.csv: line 2, column 'cost' has 1,234, whose mark may begin the decimals or part thousands, and no line settles it; say --decimal comma or --decimal point");
    assert_snapshot!(refused(read_products, "sku,launched\nA,soon\n"), @"file.csv: line 2, column 'launched' has 'soon', which is no date between 1900 and 2200; correct it or leave it empty");
    assert_snapshot!(refused(read_products, "sku,launched,retired\nA,2011-02-01,2011-01-01\n"), @"file.csv: line 2, column 'retired' has 2011-01-01, but the product was launched on 2011-02-01; correct one of them");
    assert_snapshot!(refused(read_products, "sku,launched,retired\nA,2011-02-01,03/04/2011\n"), @"file.csv: line 2, column 'retired' has 03/04/2011, which is 3 April 2011 or 4 March 2011, and no line settles it; say --dates day-first for 3 April 2011, --dates month-first for 4 March 2011");
    assert_snapshot!(refused(read_products, "sku,launched,retired\nA,31/01/2011,03/31/2011\n"), @"file.csv: column 'launched / retired' mixes two ways to write dates: line 2 has 31/01/2011 (day first), line 2 has 03/31/2011 (month first); write them one way");
}

#[test]
fn costs_that_are_refused() {
    assert_snapshot!(refused(read_costs, "month,channel,amount\n2011-11,search,5\n2011-12,search,5\nNov 2011,Search,5\n"), @"file.csv: lines 2 and 4 both give the spend of 'Search' in 2011-11; add them up into one line or remove one");
    assert_snapshot!(refused(read_costs, "channel,cost\nletter,5\nmail,1\nLetter,5\n"), @"file.csv: lines 2 and 4 both give the cost of a contact by 'Letter'; keep one of them");
    assert_snapshot!(refused(read_costs, "channel,cost\nletter,5%\n"), @"file.csv: line 2, column 'cost' has '5%', a percentage where an amount is meant: write the cost as an amount of money");
    assert_snapshot!(refused(read_costs, "month,channel,amount %\n2011-11,search,5\n"), @"file.csv: column 'amount %' holds percentages where an amount is meant: write the cost as an amount of money");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n2011-11,search,-5\n"), @"file.csv: line 2, column 'amount' has '-5'; a cost or price is never below 0: correct it");
    assert_snapshot!(refused(read_costs, "month,channel,amount\nwinter,search,5\n"), @"file.csv: line 2, column 'month' has 'winter', which is no month between 1900 and 2200; write it as 2011-11");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n2011-13,search,5\n"), @"file.csv: line 2, column 'month' has '2011-13', which is no month between 1900 and 2200; write it as 2011-11");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n,search,5\n"), @"file.csv: line 2, column 'month' is empty; the spend of a month needs its month: write it as 2011-11");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n2011-11,,5\n"), @"file.csv: line 2, column 'channel' is empty; name the channel or remove the line");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n2011-11,search,\n"), @"file.csv: line 2, column 'amount' is empty; write the amount or remove the line");
    assert_snapshot!(refused(read_costs, "month,channel,amount\n01/11/2011,search,5\n01/12/2011,search,5\n"), @"file.csv: line 2, column 'month' has 01/11/2011, which is 1 November 2011 or 11 January 2011, and no line settles it; say --dates day-first for 1 November 2011, --dates month-first for 11 January 2011");
    assert_snapshot!(refused(read_costs, "kind,channel,month,amount\ngift,search,2011-11,5\n"), @"file.csv: line 2, column 'kind' has 'gift'; write contact (the cost of reaching one customer once) or acquisition (what a month's advertising cost)");
    assert_snapshot!(refused(read_costs, "kind,channel,month,amount\n,search,2011-11,5\n"), @"file.csv: line 2, column 'kind' is empty; write contact or acquisition");
    assert_snapshot!(refused(read_costs, "kind,channel,month,amount\ncontact,letter,2011-11,5\n"), @"file.csv: line 2, column 'month' has '2011-11', but the cost of a contact has no month; leave it empty, or write acquisition as the kind");
    assert_snapshot!(refused(read_costs, "kind,channel,amount\nacquisition,search,5\n"), @"file.csv: no column was recognised as the month; the columns are 'kind', 'channel', 'amount': name them as `patron template costs` does");
}

#[test]
fn what_is_told_settles_what_the_file_does_not() {
    let day_first = SideOptions { date_order: Some(DateOrder::DayFirst), ..SideOptions::default() };
    let text = "month,channel,amount\n01/11/2011,search,5\n01/12/2011,search,5\n";
    let read = read_bytes(read_costs, "file.csv", text, &day_first).unwrap();
    assert_eq!(read.content.acquisition[1].month.to_string(), "2011-12");
    let comma = SideOptions { decimal: Some(DecimalMark::Comma), ..SideOptions::default() };
    let read = read_bytes(read_products, "file.csv", "sku;cost\nA;1,234\n", &comma).unwrap();
    assert_eq!(read.content[0].attributes.unit_cost, Some(money("1.234")));
}

#[test]
fn costs_that_may_be_shares_are_warned_of() {
    let shares = products("sku,price,unit cost\nA,25.00,0.4\nB,40,0.35\nC,3,0.5\nD,10,\nE,10,0\n");
    assert_snapshot!(shares.warnings.join("\n"), @"column 'unit cost' may hold shares of the price instead of amounts: 3 costs, none above 1, and 2 of 3 prices are at least ten times the cost (line 2: cost 0.40, price 25.00); if they are shares, write the cost of one unit as an amount and give the file again");
    let alone = products("sku,unit cost\nA,0.4\nB,0.35\nC,1\n");
    assert_snapshot!(alone.warnings.join("\n"), @"column 'unit cost' may hold shares of the price instead of amounts: 3 costs, none above 1; if they are shares, write the cost of one unit as an amount and give the file again");
    for usual in [
        "sku,price,unit cost\nA,25.00,0.4\nB,40,12.50\n",
        "sku,price,unit cost\nA,2.50,0.4\nB,1.40,0.35\n",
        "sku,price,unit cost\nA,25.00,0.4\nB,1.40,0.35\n",
        "sku,unit cost\nA,0.4\nB,0.35\n",
        "sku,price,unit cost\nA,25.00,0\n",
        "sku,price\nA,25.00\n",
    ] {
        assert!(products(usual).warnings.is_empty(), "{usual}");
    }
}

#[test]
fn other_doubts_are_told() {
    assert_snapshot!(products("sku,price,Margin\nA,25.00,10\n").warnings.join("\n"), @"column 'Margin' is not read: margins follow from what a unit costs; add a column unit_cost with the cost of one unit as an amount");
    assert!(products("sku,cost,Margin %\nA,25.00,10\n").warnings.is_empty());
    let file = customers("id,email,city\n1,anna,Leeds\n2,b@c.de,York\n3,n/a,Hull\n4,@home,Bath\n");
    assert_snapshot!(file.warnings.join("\n"), @"took 2 e-mail addresses without an @ as unknown; the first is 'anna' in line 2");
    let emails: Vec<_> = file.content.iter().map(|c| c.attributes.email.as_deref()).collect();
    assert_eq!(emails, [None, Some("b@c.de"), None, None]);
    let by_email = customers("customer,city\nAnna@B.de,Leeds\n");
    assert_eq!(by_email.content[0].external_id.as_deref(), Some("anna@b.de"));
    assert_eq!(by_email.content[0].attributes.email.as_deref(), Some("anna@b.de"));
}

#[test]
fn guests_and_whole_names_are_understood_as_in_a_sales_log() {
    let file = customers("User ID,Name,Email\n0,Anna Maria Smith,a@b.de\n0,Plato,c@d.de\n7,,e@f.de\n");
    let shown: Vec<_> = file
        .content
        .iter()
        .map(|c| (c.external_id.as_deref(), c.attributes.name.as_deref(), c.attributes.surname.as_deref()))
        .collect();
    let expected =
        [(None, Some("Anna Maria"), Some("Smith")), (None, Some("Plato"), None), (Some("7"), None, None)];
    assert_eq!(shown, expected);
    let first = customers("id,first name\n0,Anna Maria\n").content.remove(0);
    assert_eq!(
        (first.external_id.as_deref(), first.attributes.name.as_deref()),
        (Some("0"), Some("Anna Maria"))
    );
}

#[test]
fn what_a_customer_spent_makes_no_sales_log() {
    let file = customers("id,first name,created at,total,orders\n1,Anna,2011-01-31,12.00,3\n");
    assert_eq!(file.ignored, ["created at", "total", "orders"]);
}

/// A refusal must be a sentence that names the file.
fn read_or_refused<T>(read: Read<T>, bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Err(error) = read_bytes(read, "file.csv", bytes, &SideOptions::default()) {
        let sentence = error.to_string();
        prop_assert!(sentence.contains("file.csv") && sentence.len() > 30, "{}", sentence);
    }
    Ok(())
}

fn all_read_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    read_or_refused(read_customers, bytes)?;
    read_or_refused(read_products, bytes)?;
    read_or_refused(read_costs, bytes)
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,6}",
        "-?[0-9]{0,4}[.,][0-9]{0,5}%?",
        "20[01][0-9]-[01][0-9](-[0-3][0-9])?",
        "[0-3]?[0-9]/[0-3]?[0-9]/(20)?1[0-9]",
        "[a-z@.]{0,8}",
        "contact|acquisition|yes|no|Nov 2011",
        "\\PC{0,6}",
        Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        all_read_or_refused(&bytes)?;
    }

    #[test]
    fn any_bytes_below_headings_are_read_or_refused(
        kind in proptest::sample::select(AttributeKind::ALL.to_vec()),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        all_read_or_refused(&[template(kind).as_bytes(), &bytes].concat())?;
    }

    #[test]
    fn any_fields_are_read_or_refused(
        kind in proptest::sample::select(AttributeKind::ALL.to_vec()),
        rows in proptest::collection::vec(proptest::collection::vec(field(), 4), 1..12),
    ) {
        let heads = match kind {
            AttributeKind::Customers => "id\temail\tbirthday\taccepts marketing",
            AttributeKind::Products => "sku\tprice\tunit cost\tlaunched",
            AttributeKind::Costs => "kind\tchannel\tmonth\tamount",
        };
        let lines: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
        all_read_or_refused(format!("{heads}\n{}\n", lines.join("\n")).as_bytes())?;
    }

    #[test]
    fn every_cost_that_is_written_is_read(
        spends in proptest::collection::btree_map((0_i32..3_000, "x[a-z]{0,4}"), 0_i64..1_000_000_000, 1..40),
        comma in any::<bool>(),
    ) {
        let (mut text, mut expected) = ("month;channel;spend\n1999-12;zzzzzz;0.5\n".to_owned(), Vec::new());
        for ((month, channel), amount) in spends {
            let month = patron_domain::Month::from_number(1_950 * 12 + month);
            let amount = Money::from_ten_thousandths(amount);
            text += &format!("{month};{channel};{amount}\n");
            expected.push(AcquisitionSpend { month, channel, amount });
        }
        expected.push(AcquisitionSpend { month: "1999-12".parse().unwrap(), channel: "zzzzzz".into(), amount: money("0.5") });
        expected.sort_by(|a, b| (a.month, &a.channel).cmp(&(b.month, &b.channel)));
        let text = if comma { text.replace('.', ",") } else { text };
        let mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
        let told = SideOptions { decimal: Some(mark), ..SideOptions::default() };
        let read = read_bytes(read_costs, "file.csv", text, &told);
        prop_assert_eq!(read.unwrap().content.acquisition, expected);
    }
}
