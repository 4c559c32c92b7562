// Draws every figure of a Patron page: reads the option from its JSON data block, resolves formatters by name
// and colours by CSS custom property, and draws again when the width, the colour scheme or the medium changes.
(function () {
  'use strict';

  var locale = document.documentElement.lang || 'en';
  var formats = {
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
    two: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }),
    compact: new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }),
    share: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }),
    percent: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
  };

  function with_format(format) {
    return function (value) {
      return value === null || value === undefined || value === '-' || isNaN(value) ? '–' : format.format(value);
    };
  }

  var formatters = {
    '@count': with_format(formats.whole),
    '@money': with_format(formats.whole),
    '@number': with_format(formats.two),
    '@compact': with_format(formats.compact),
    '@share': with_format(formats.share),
    '@percent': with_format(formats.percent),
    '@text': function (point) { return (point.data && point.data.text) || point.name; },
    '@amount': function (point) { return point.data.amount; },
    '@brief': function (point) { return formats.compact.format(point.data.change); },
    '@cell': function (point) { return formats.compact.format(point.value[2]); },
    '@cellPercent': function (point) { return Math.round(point.value[2] * 100); },
  };

  function style_of(element) {
    var style = getComputedStyle(element);
    return function (name) { return style.getPropertyValue(name).trim(); };
  }

  // Replaces `"@name"` under formatter keys and `"var(--name)"` under colour keys; leaves all other text alone.
  function resolved(value, key, css) {
    if (typeof value === 'string') {
      if (/formatter$/i.test(key) && formatters[value]) return formatters[value];
      if (/color$/i.test(key) && value.indexOf('var(') === 0) return css(value.slice(4, -1));
      if (key === 'color' && value === 'scale') return scale(css);
      return value;
    }
    if (Array.isArray(value)) return value.map(function (item) { return resolved(item, '', css); });
    if (value && typeof value === 'object') {
      var copy = {};
      Object.keys(value).forEach(function (name) { copy[name] = resolved(value[name], name, css); });
      return copy;
    }
    return value;
  }

  function scale(css) {
    var colours = [];
    for (var place = 0; place < 10; place += 1) colours.push(css('--scale-' + place));
    return colours;
  }

  function clipped(text, letters) {
    return text.length > letters ? text.slice(0, letters - 1) + '…' : text;
  }

  // In two lines at most, broken between words.
  function wrapped(text, letters) {
    var first = '';
    var words = text.split(' ');
    while (words.length && (first + ' ' + words[0]).trim().length <= letters) first = (first + ' ' + words.shift()).trim();
    if (!words.length) return first;
    var rest = clipped(words.join(' '), letters);
    return first ? first + '\n' + rest : rest;
  }

  function dress_axis(axis, css, small) {
    if (!axis) return;
    var category = axis.type === 'category';
    var label = axis.axisLabel || {};
    axis.axisLine = { show: category, lineStyle: { color: css('--rule-strong') } };
    axis.axisTick = { show: false };
    axis.splitLine = { show: !category, lineStyle: { color: css('--rule') } };
    axis.splitNumber = small ? 3 : 5;
    axis.axisLabel = Object.assign({ color: css('--ink-soft'), fontSize: 12, hideOverlap: true }, label);
    if (label.names) {
      delete axis.axisLabel.names;
      axis.axisLabel.interval = 0;
      axis.axisLabel.hideOverlap = false;
      var wrap = small && label.wrap;
      delete axis.axisLabel.wrap;
      if (wrap) Object.assign(axis.axisLabel, { fontSize: 11, lineHeight: 13 });
      axis.axisLabel.formatter = function (text) { return wrap ? wrapped(text, 19) : clipped(text, small ? 17 : 38); };
    }
    axis.nameTextStyle = { color: css('--ink-soft'), fontSize: 12 };
    axis.nameLocation = 'middle';
  }

  // Relative luminance of a colour written as #rrggbb (WCAG 2).
  function luminance(colour) {
    var channels = [1, 3, 5].map(function (at) {
      var part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
  }

  // Dark cells get light letters and the other way round.
  function dress_cells(series, css) {
    var ends = series.contrast;
    if (!ends) return;
    delete series.contrast;
    var colours = scale(css);
    var paper_is_dark = luminance(css('--paper')) < 0.18;
    series.data.forEach(function (cell) {
      var place = Math.max(0, Math.min(1, (cell.value[2] - ends[0]) / (ends[1] - ends[0] || 1)));
      var faint = cell.itemStyle && cell.itemStyle.opacity < 1;
      var cell_is_dark = faint ? paper_is_dark : luminance(colours[Math.round(place * 9)]) < 0.18;
      cell.label = { color: cell_is_dark ? '#ffffff' : '#1b2430', opacity: 1 };
    });
    series.itemStyle = { borderColor: css('--paper'), borderWidth: 1 };
    series.emphasis = { itemStyle: { borderColor: css('--ink') } };
  }

  function dressed(source, css, width) {
    var option = resolved(source, '', css);
    var small = width < 480;
    option.animation = false;
    option.textStyle = { fontFamily: css('--font'), color: css('--ink-soft') };
    dress_axis(option.xAxis, css, small);
    dress_axis(option.yAxis, css, small);
    if (option.xAxis && option.xAxis.name) option.xAxis.nameGap = 26;
    if (option.yAxis && option.yAxis.name) option.yAxis.nameGap = small ? 44 : 52;
    var named = option.xAxis && option.xAxis.name;
    option.grid = Object.assign(
      { left: 4, right: small ? 12 : 24, bottom: named ? 30 : 6, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      option.grid);
    if (option.yAxis && option.yAxis.name) option.grid.left = 26;
    option.legend = Object.assign(
      { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 12, itemGap: small ? 10 : 18, padding: [2, 0],
        selectedMode: false, textStyle: { color: css('--ink-soft'), fontSize: 12.5 } },
      option.legend);
    if (small && option.legend.show && option.legend.data.length > 2) option.grid.top = (option.grid.top || 0) + 22;
    option.tooltip = Object.assign(
      { renderMode: 'richText', confine: true, backgroundColor: css('--paper'), borderColor: css('--rule-strong'),
        borderWidth: 1, padding: [8, 12], textStyle: { color: css('--ink'), fontSize: 12.5, fontFamily: css('--font') } },
      option.tooltip);
    if (option.tooltip.axisPointer) {
      option.tooltip.axisPointer.lineStyle = { color: css('--rule-strong') };
      option.tooltip.axisPointer.shadowStyle = { color: css('--rule'), opacity: 0.35 };
    }
    option.series.forEach(function (series) {
      dress_cells(series, css);
      if (series.endLabel) {
        series.endLabel.color = css('--ink-soft');
        option.grid.right = 64;
      }
      if (series.label && series.label.show && !series.label.color) series.label.color = css('--ink-soft');
      if (small && series.label && series.label.brief) {
        series.label.formatter = formatters['@brief'];
        option.grid.right = 48;
      } else if (small && series.label && series.label.position === 'right') {
        series.label.show = false;
        option.grid.right = 12;
      }
      if (series.markLine) {
        series.markLine.lineStyle = { color: css('--ink-soft'), type: 'dashed', width: 1 };
        series.markLine.animation = false;
        series.markLine.data.forEach(function (mark) {
          mark.label = Object.assign({ color: css('--ink-soft'), fontSize: 11.5, position: 'end', rotate: 0, distance: 4 }, mark.label);
        });
      }
    });
    return option;
  }

  var figures = [];
  var paper_width = 660;

  function draw(figure) {
    var printing = document.documentElement.classList.contains('printing');
    var width = printing ? Math.min(figure.place.clientWidth, paper_width) : figure.place.clientWidth;
    if (!width) return;
    figure.chart.resize({ width: width, height: figure.height });
    figure.chart.setOption(dressed(figure.option, style_of(document.documentElement), width), { notMerge: true });
    figure.width = width;
  }

  function draw_all() { figures.forEach(draw); }

  document.querySelectorAll('.chart').forEach(function (place) {
    var block = document.getElementById(place.id + '-option');
    if (!block) return;
    var height = Number(place.dataset.height) || 320;
    place.style.height = height + 'px';
    var figure = { place: place, option: JSON.parse(block.textContent), height: height, width: 0 };
    figure.chart = window.echarts.init(place, null, { renderer: 'svg', width: place.clientWidth || 600, height: height });
    figures.push(figure);
    draw(figure);
  });

  if (window.ResizeObserver) {
    var waiting = 0;
    var observer = new ResizeObserver(function () {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(function () {
        figures.forEach(function (figure) { if (figure.place.clientWidth !== figure.width) draw(figure); });
      });
    });
    figures.forEach(function (figure) { observer.observe(figure.place); });
  }
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw_all);

  // On paper, charts are light and as wide as the sheet, and what can be unfolded is unfolded.
  var unfolded = [];
  window.addEventListener('beforeprint', function () {
    document.documentElement.classList.add('printing');
    unfolded = Array.prototype.slice.call(document.querySelectorAll('details:not([open])'));
    unfolded.forEach(function (details) { details.open = true; });
    draw_all();
  });
  window.addEventListener('afterprint', function () {
    document.documentElement.classList.remove('printing');
    unfolded.forEach(function (details) { details.open = false; });
    draw_all();
  });

  // The table of contents shows where the reader is.
  var links = document.querySelectorAll('.contents a');
  if (links.length && window.IntersectionObserver) {
    var by_id = {};
    links.forEach(function (link) { by_id[link.getAttribute('href').slice(1)] = link; });
    var spy = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        links.forEach(function (link) { link.removeAttribute('aria-current'); });
        var link = by_id[entry.target.id];
        if (link) link.setAttribute('aria-current', 'true');
      });
    }, { rootMargin: '-10% 0px -80% 0px' });
    Object.keys(by_id).forEach(function (id) {
      var section = document.getElementById(id);
      if (section) spy.observe(section);
    });
  }
})();
