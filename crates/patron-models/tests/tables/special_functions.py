#!/usr/bin/env python3
"""Writes special_functions.csv and bg_nbd_expectation.csv: values to 17 digits, computed with 60.

    pip install mpmath && python special_functions.py
"""
import csv
import itertools
import os

import mpmath as mp

mp.mp.dps = 60
HERE = os.path.dirname(os.path.abspath(__file__))


def text(value):
    return mp.nstr(value, 17, min_fixed=0, max_fixed=0)


def hyp2f1(a, b, c, z):
    """The defining series, term by term, with many spare digits."""
    total = term = mp.mpf(1)
    k = 0
    while k < 50 or abs(term) > abs(total) * mp.mpf(10) ** (8 - mp.mp.dps):
        term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total += term
        k += 1
        if term == 0:
            break
    return total


def special():
    rows = []
    for a, b in itertools.product(["1e-6", "0.01", "0.5", "1", "2.5", "40", "1e3", "1e6", "1e12"], repeat=2):
        rows.append(("ln_beta", a, b, "", "", text(mp.log(mp.beta(mp.mpf(a), mp.mpf(b))))))
    for x in ["1e-6", "0.01", "0.3", "1", "1.5", "2", "7", "12", "99.5", "1e4", "1e9"]:
        rows.append(("trigamma", x, "", "", "", text(mp.psi(1, mp.mpf(x)))))
    for a, b, c in [
        ("0.242595", "2.425906", "2.218828"),
        ("26.242595", "28.425906", "28.218828"),
        ("1e-3", "1e-3", "1e-3"),
        ("0.5", "1.5", "0.01"),
        ("300.25", "302.4", "301.2"),
        ("5", "1e5", "1.2e5"),
        ("1e-4", "700", "0.3"),
        ("900.5", "0.7", "1800"),
    ]:
        for z in ["0", "1e-9", "0.1", "0.5", "0.9", "0.99", "0.999"]:
            value = hyp2f1(mp.mpf(a), mp.mpf(b), mp.mpf(c), mp.mpf(z))
            rows.append(("ln_hyp2f1", a, b, c, z, text(mp.log(value))))
    for a, b, c in [
        ("0.5", "1.5", "2"),
        ("26.25", "1.6", "28.9"),
        ("1e-3", "700", "700.25"),
        ("40", "1e-5", "0.7"),
        ("3", "2", "2.5"),
        ("900.5", "0.7", "1800"),
    ]:
        for z in ["-1e12", "-1e3", "-2", "-0.01", "0.95", "0.999999", "0.999999999999"]:
            value = mp.hyp2f1(mp.mpf(a), mp.mpf(b), mp.mpf(c), mp.mpf(float(z)))  # 1 − z as the program sees it
            rows.append(("ln_hyp2f1_far", a, b, c, z, text(mp.log(value))))
    for b, c in [("0.8", "3.2"), ("1e-5", "0.3"), ("0.3", "1"), ("200", "5200"), ("2.5", "2.5"), ("1e-8", "1e-8")]:
        for z in ["0", "1e-6", "0.5", "10", "1e3", "1e6"]:
            value = mp.hyp2f1(1, mp.mpf(b), mp.mpf(c), -mp.mpf(z))
            rows.append(("hyp2f1_of_one", "1", b, c, z, text(value)))
    for a in ["1e-9", "0.3", "1", "12.5", "999", "1e3", "123456.75", "1e9", "1e15"]:
        for n in ["0", "1", "7", "24", "25", "300", "100000"]:
            rows.append(("ln_rising", a, n, "", "", text(mp.loggamma(mp.mpf(a) + int(n)) - mp.loggamma(mp.mpf(a)))))
    return rows


def expectation(r, alpha, a, b, x, t_x, t_cal, t):
    """Equation (10) of Fader, Hardie & Lee (2005) as printed; a nudged where it divides by zero."""
    r, alpha, a, b, x, t_x, t_cal, t = map(mp.mpf, (r, alpha, a, b, x, t_x, t_cal, t))
    if a == 1:
        a += mp.mpf(10) ** -40
    if a + b + x == 1:
        b += mp.mpf(10) ** -40
    ratio = ((alpha + t_cal) / (alpha + t_cal + t)) ** (r + x)
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + t_cal + t))
    drop = a / (b + x - 1) * ((alpha + t_cal) / (alpha + t_x)) ** (r + x) if x > 0 else mp.mpf(0)
    return (a + b + x - 1) / (a - 1) * (1 - ratio * series) / (1 + drop)


def expectations():
    mp.mp.dps = 120
    paper = ("0.242595", "4.413602", "0.792922", "2.425906")
    parameters = [
        paper,
        ("0.242595", "4.413602", "1", "2.425906"),
        ("0.242595", "4.413602", "1.000000001", "2.425906"),
        ("0.5", "3", "0.3", "0.4"),
        ("0.5", "3", "0.3", "0.7"),
        ("1.1", "9", "1e-5", "0.5"),
        ("0.9", "10", "2000", "50000"),
        ("40", "2", "0.2", "3"),
    ]
    histories = [
        ("0", "0", "0"),
        ("0", "0", "38.5"),
        ("2", "30.5", "38.75"),
        ("26", "30.75", "31"),
        ("25", "20", "39"),
        ("7", "39", "39"),
        ("300", "350", "365"),
        ("1000", "99", "100"),
    ]
    rows = []
    for (r, alpha, a, b), (x, t_x, t_cal) in itertools.product(parameters, histories):
        for t in ["0.125", "13", "104", "2000"]:
            rows.append((r, alpha, a, b, x, t_x, t_cal, t, text(expectation(r, alpha, a, b, x, t_x, t_cal, t))))
    return rows


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


if __name__ == "__main__":
    write("special_functions.csv", ["function", "a", "b", "c", "z", "value"], special())
    header = ["r", "alpha", "a", "b", "x", "t_x", "T", "t", "expected_purchases"]
    write("bg_nbd_expectation.csv", header, expectations())
