//! The headings under which files carry the fields.

use crate::field::Field;

impl Field {
    /// Headings that mean this field, as [`normalised`] writes them, the most telling first.
    pub(crate) const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Customer => &[
                "customerid",
                "customerno",
                "customernumber",
                "customercode",
                "custid",
                "custno",
                "customer",
                "clientid",
                "client",
                "userid",
                "user",
                "memberid",
                "member",
                "buyerid",
                "buyer",
                "accountid",
                "shopperid",
                "id",
            ],
            Self::Date => &[
                "invoicedate",
                "orderdate",
                "transactiondate",
                "purchasedate",
                "saledate",
                "salesdate",
                "datetime",
                "invoicedatetime",
                "orderdatetime",
                "date",
                "timestamp",
                "purchasedat",
                "orderedat",
                "createdat",
                "day",
                "time",
            ],
            Self::Order => &[
                "invoiceno",
                "invoice",
                "invoiceid",
                "invoicenumber",
                "orderid",
                "orderno",
                "ordernumber",
                "order",
                "transactionid",
                "transactionno",
                "transaction",
                "receiptid",
                "receiptno",
                "receipt",
                "basketid",
            ],
            Self::Product => &[
                "stockcode",
                "sku",
                "productid",
                "productcode",
                "productno",
                "itemid",
                "itemcode",
                "itemno",
                "articleid",
                "articleno",
                "article",
                "product",
                "item",
                "productname",
                "itemname",
            ],
            Self::Description => &[
                "description",
                "productdescription",
                "itemdescription",
                "productname",
                "itemname",
                "title",
                "producttitle",
            ],
            Self::Quantity => &[
                "quantity",
                "qty",
                "units",
                "unitssold",
                "cds",
                "count",
                "pieces",
                "itemsordered",
                "numberofitems",
            ],
            Self::Price => &["unitprice", "price", "priceperunit", "itemprice", "priceeach"],
            Self::Amount => &[
                "amount",
                "netamount",
                "lineamount",
                "linetotal",
                "totalamount",
                "salesamount",
                "purchaseamount",
                "orderamount",
                "totalprice",
                "total",
                "netsales",
                "sales",
                "revenue",
                "netvalue",
                "value",
                "spend",
                "dollars",
                "ordertotal",
                "ordervalue",
            ],
            Self::Discount => &["discount", "discountamount", "linediscount", "rebate"],
            Self::Payment => {
                &["payment", "paymentmethod", "paymenttype", "paymentmode", "paidby", "tender", "tendertype"]
            }
            Self::Country => &[
                "country",
                "countryname",
                "countrycode",
                "customercountry",
                "billingcountry",
                "shippingcountry",
                "countryoforigin",
            ],
            Self::Email => &[
                "email",
                "customeremail",
                "emailaddress",
                "billingemail",
                "emailbilling",
                "buyeremail",
                "contactemail",
            ],
            Self::Currency => &["currency", "currencycode", "ordercurrency"],
            Self::OrderTotal => {
                &["ordertotal", "ordertotalamount", "grandtotal", "ordervalue", "orderamount"]
            }
            Self::Subtotal => &["ordersubtotal", "ordersubtotalamount"],
            Self::Shipping => &["shippingtotal", "ordershipping", "ordershippingamount"],
            Self::Tax => &["taxtotal", "totaltax", "ordertax", "ordertaxamount", "ordertotaltaxamount"],
            Self::Tip => &["tiptotal"],
            Self::Fee => &["feetotal", "orderfee"],
            Self::Duties => &["dutiestotal"],
            Self::OrderDiscount => &[
                "orderdiscount",
                "orderdiscountamount",
                "cartdiscount",
                "cartdiscountamount",
                "discounttotal",
                "totaldiscount",
            ],
            Self::Refund => &[
                "refundedamount",
                "refundedtotal",
                "totalrefunded",
                "refundtotal",
                "orderrefund",
                "orderrefundamount",
            ],
            Self::RefundDate => &["refunddate", "refundedat", "refundedon"],
            Self::Status => &["orderstatus", "financialstatus", "paymentstatus", "status"],
            Self::Cancelled => &["cancelledat", "canceledat"],
            Self::Test => &["testorder", "istest"],
            Self::RowType => &["rowtype", "recordtype"],
            Self::Gross => &[],
            Self::ShippingCountry => &["shippingcountry", "deliverycountry"],
            Self::City => &["city", "billingcity", "customercity", "town"],
            Self::MayContact => &["acceptsmarketing", "acceptsemailmarketing", "maycontact"],
            Self::Name => &["firstname", "givenname", "billingfirstname", "customerfirstname"],
            Self::Surname => &["lastname", "surname", "familyname", "billinglastname", "customerlastname"],
            Self::RequiresShipping => &["lineitemrequiresshipping"],
            Self::Taxable => &["lineitemtaxable"],
        }
    }

    /// Headings that mean this field in a file without products and prices, whose rows can only be whole orders:
    /// where rows are lines of an order, `tax` may be the line's as well as the order's.
    pub(crate) const fn headings_of_orders(self) -> &'static [&'static str] {
        match self {
            Self::Subtotal => &["subtotal"],
            Self::Shipping => {
                &["shipping", "shippingcost", "shippingamount", "postage", "delivery", "freight"]
            }
            Self::Tax => &["tax", "taxes", "taxamount", "vat", "salestax", "gst"],
            Self::Tip => &["tip", "tips", "tipreceived", "gratuity"],
            Self::Fee => &["fee", "fees", "paymentfee", "handling"],
            Self::Duties => &["duties", "customs"],
            Self::Refund => &["refund", "refunded", "refundamount"],
            Self::Cancelled => &["cancelled", "canceled"],
            Self::Test => &["test"],
            _ => &[],
        }
    }
}

/// Of the headings that mean the amount of a line: those that say it is what the whole order cost.
pub(crate) const TOTALS: [&str; 7] =
    ["total", "totalamount", "ordertotal", "ordervalue", "orderamount", "amount", "totalprice"];
