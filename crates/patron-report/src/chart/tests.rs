use maud::Render;
use patron_domain::Money;

use super::*;

fn two_months() -> CategoryChart {
    let months = vec!["Oct 2011".to_owned(), "Nov 2011".to_owned()];
    CategoryChart::new(months, Direction::Upright, NumberFormat::Money)
}

#[test]
fn stacked_bars_share_one_stack_and_mark_what_is_unfinished() {
    let chart = two_months()
        .faint(vec![1])
        .stacked("New", Ink::Accent, &[Some(1.0), Some(2.0)])
        .stacked("Returning", Ink::Second, &[Some(3.0), None])
        .finish("revenue", "Revenue", "It grows.");
    insta::assert_snapshot!(serde_json::to_string_pretty(&chart.option["series"]).unwrap(), @r#"
    [
      {
        "barMaxWidth": 36,
        "data": [
          1.0,
          {
            "itemStyle": {
              "opacity": 0.45
            },
            "value": 2.0
          }
        ],
        "itemStyle": {
          "color": "var(--series-1)"
        },
        "name": "New",
        "stack": "all",
        "type": "bar"
      },
      {
        "barMaxWidth": 36,
        "data": [
          3.0,
          {
            "itemStyle": {
              "opacity": 0.45
            },
            "value": null
          }
        ],
        "itemStyle": {
          "color": "var(--series-2)"
        },
        "name": "Returning",
        "stack": "all",
        "type": "bar"
      }
    ]
    "#);
    assert_eq!(chart.option["aria"]["label"]["description"], "It grows.");
    assert_eq!(chart.option["legend"]["show"], true);
}

#[test]
fn a_band_is_two_stacked_lines_without_a_legend_entry() {
    let chart = two_months()
        .band(Ink::Accent, &[Some(1.0), Some(2.0)], &[Some(3.0), Some(5.0)])
        .line("Forecast", Ink::Accent, &[Some(2.0), Some(3.0)])
        .mark("Nov 2011", "as of")
        .finish("forecast", "Forecast", "It grows.");
    assert_eq!(chart.option["series"][1]["data"], serde_json::json!([2.0, 3.0]));
    assert_eq!(chart.option["series"][0]["stack"], chart.option["series"][1]["stack"]);
    assert_eq!(chart.option["legend"]["data"], serde_json::json!(["Forecast"]));
    assert_eq!(chart.option["series"][2]["markLine"]["data"][0]["xAxis"], "Nov 2011");
}

#[test]
fn a_waterfall_hangs_each_change_on_the_one_before() {
    let money = |units: i64| Money::from_ten_thousandths(units * 10_000);
    let chart = Waterfall::new(vec![
        Step::Total("file".into(), money(100)),
        Step::Change("returns".into(), money(-30)),
        Step::Change("found".into(), money(5)),
        Step::Total("report".into(), money(75)),
    ])
    .finish("bridge", "Bridge", "Down.");
    let hidden = &chart.option["series"][0]["data"];
    assert_eq!(hidden, &serde_json::json!([0.0, 70.0, 70.0, 0.0]));
    let seen: Vec<_> =
        (0..4).map(|i| chart.option["series"][1]["data"][i]["value"].as_f64().unwrap()).collect();
    assert_eq!(seen, [100.0, 30.0, 5.0, 75.0]);
    assert_eq!(chart.option["series"][1]["data"][1]["text"], "returns: \u{2212}30.00");
}

#[test]
fn a_heat_map_keeps_unfinished_cells_apart_and_drops_what_is_no_number() {
    let mut map = HeatMap::new(vec!["0".into(), "1".into()], vec!["Jan".into()], NumberFormat::Share);
    map.cell(0, 0, 1.0, "all", false);
    map.cell(1, 0, f64::NAN, "nothing", false);
    map.cell(1, 0, 0.4, "some", true);
    let chart = map.written().finish("cohorts", "Cohorts", "Falling.");
    assert_eq!(chart.option["series"][0]["data"].as_array().unwrap().len(), 2);
    assert_eq!(chart.option["visualMap"]["max"], 1.0);
}

#[test]
fn text_from_the_file_cannot_end_the_data_block() {
    let name = "</script><script>alert(1)</script>";
    let chart = CategoryChart::new(vec![name.to_owned()], Direction::Sideways, NumberFormat::Count)
        .bars("Units", Ink::Accent, &[Some(1.0)])
        .finish("top", "Top", name);
    let page = chart.render().0;
    assert_eq!(page.matches("</script>").count(), 1, "{page}");
    let block =
        page.split("id=\"top-option\">").nth(1).and_then(|rest| rest.split("</script>").next()).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(block).unwrap();
    assert_eq!(parsed["yAxis"]["data"][0], name);
}
