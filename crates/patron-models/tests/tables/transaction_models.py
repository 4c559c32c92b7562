#!/usr/bin/env python3
"""Writes transaction_models.csv: answers of BG/NBD, MBG/NBD, Pareto/NBD and BG/BB to 17 digits.

    pip install mpmath && python transaction_models.py

Likelihoods and expectations are the printed closed forms of the papers, with so many digits that what cancels in them
does not matter; distributions of counts and discounted purchases are integrals over the moment of dropping out, or over
time.
"""
import csv
import os

import mpmath as mp

HERE = os.path.dirname(os.path.abspath(__file__))
mp.mp.dps = 90


def text(value):
    return mp.nstr(value, 17, min_fixed=0, max_fixed=0)


def hyp2f1(a, b, c, z):
    """The defining series for 0 ≤ z < 1; Pfaff's transformation below 0."""
    if z < 0:
        return (1 - z) ** -a * hyp2f1(a, c - b, c, z / (z - 1))
    total = term = mp.mpf(1)
    k = 0
    while k < 50 or abs(term) > abs(total) * mp.mpf(10) ** -mp.mp.dps:
        term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total += term
        k += 1
        if term == 0:
            break
    return total


def gauss_of_one(b, c, z):
    """₂F₁(1, b; c; −z): by mpmath, and where its transformations fail by the continued fraction (special_functions.py
    checks the Rust code's)."""
    if c < 50:
        try:
            return mp.hyp2f1(1, b, c, -z, maxterms=10**6)
        except (ValueError, mp.libmp.NoConvergence):
            pass
    steps = 60 + int(25 * mp.sqrt(z))
    value = mp.mpf(1)
    for k in range(steps, 0, -1):
        m = k // 2
        if k == 1:
            part = b / c
        elif k % 2:
            part = (b + m) * (c + m - 1) / ((c + 2 * m - 1) * (c + 2 * m))
        else:
            part = m * (c - b + m - 1) / ((c + 2 * m - 2) * (c + 2 * m - 1))
        value = 1 + part * z / value
    return 1 / value


def beta(a, b):
    return mp.gamma(a) * mp.gamma(b) / mp.gamma(a + b)


def pieces(end, scale):
    """Places to cut [0, end] at, close together near 0."""
    cuts, step = [mp.mpf(0)], scale / 16
    while cuts[-1] + step < end:
        cuts.append(cuts[-1] + step)
        step *= 2
    return cuts + [end]


def nbd(k, r, alpha, t):
    return mp.rf(r, k) / mp.factorial(k) * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** k


class Geometric:
    """BG/NBD (first = 0) and MBG/NBD (first = 1)."""

    def __init__(self, first, r, alpha, a, b):
        self.first, self.r, self.alpha, self.a, self.b = first, r, alpha, a, b

    def likelihood(self, x, t_x, T):
        r, alpha, a, b, first = self.r, self.alpha, self.a, self.b, self.first
        common = mp.rf(r, x) * alpha**r
        alive = common * beta(a, b + x + first) / beta(a, b) * (alpha + T) ** -(r + x)
        gone = mp.mpf(0)
        if x > 0 or first:
            gone = common * beta(a + 1, b + x - 1 + first) / beta(a, b) * (alpha + t_x) ** -(r + x)
        return alive, gone

    def future(self, x, T):
        return Geometric(0, self.r + x, self.alpha + T, self.a, self.b + x + self.first)

    def active(self, t):
        """P(no drop-out by t) from P(X = k): the chance that k purchases were made and none was the last."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        # E[(1 − p)ᵏ] over the NBD = E over p of (α ÷ (α + p t))ʳ
        return hyp2f1(r, a, a + b, -t / alpha)

    def expected(self, t):
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        if a == 1:
            a += mp.mpf(10) ** -40
        series = hyp2f1(r, b, a + b - 1, t / (alpha + t))
        return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)

    def chance(self, k, t):
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        stayed = beta(a, b + k) / beta(a, b) * nbd(k, r, alpha, t)
        if k == 0:
            return stayed
        fewer = mp.fsum(nbd(j, r, alpha, t) for j in range(k))
        return stayed + beta(a + 1, b + k - 1) / beta(a, b) * (1 - fewer)

    def discounted(self, delta):
        """E[λ ÷ (δ + λp)]; where it can be had, checked against ∫ e^−δt dE(t), of which the rate of purchases at t is
        E[λ e^−λpt] = r ÷ α ₂F₁(r + 1, a; a + b; −t ÷ α)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        with mp.workdps(24):
            shape, mode = r + 1, (r + 1) / alpha
            density = lambda v: mp.exp(shape * (v - mp.expm1(v)))
            given = lambda v: density(v) * gauss_of_one(a, a + b, mode * mp.exp(v) / delta)
            width = mp.sqrt(1 / shape)
            cuts = [-90 / shape - 14 * width, -30 / shape - 6 * width, -2 * width, 0, 2 * width, 6 * width, 14 * width]
            value = r / alpha / delta * mp.quad(given, cuts, maxdegree=7) / mp.quad(density, cuts, maxdegree=7)
        if r < 10 and a + b < 10:
            with mp.workdps(20):
                rate = lambda t: mp.exp(-delta * t) * r / alpha * mp.hyp2f1(r + 1, a, a + b, -t / alpha, maxterms=10**6)
                other = mp.quad(rate, pieces(60 / delta, min(alpha, 1 / delta)))
            assert abs(other / value - 1) < 1e-12, (other, value)
        return value


class Pareto:
    def __init__(self, r, alpha, s, beta):
        self.r, self.alpha, self.s, self.beta = r, alpha, s, beta

    def likelihood(self, x, t_x, T):
        r, alpha, s, b = self.r, self.alpha, self.s, self.beta
        common = mp.rf(r, x) * alpha**r * b**s
        alive = common * (alpha + T) ** -(r + x) * (b + T) ** -s

        def part(t):
            if alpha >= b:
                return hyp2f1(r + s + x, s + 1, r + s + x + 1, (alpha - b) / (alpha + t)) / (alpha + t) ** (r + s + x)
            return hyp2f1(r + s + x, r + x, r + s + x + 1, (b - alpha) / (b + t)) / (b + t) ** (r + s + x)

        return alive, common * s / (r + s + x) * (part(t_x) - part(T))

    def future(self, x, T):
        return Pareto(self.r + x, self.alpha + T, self.s, self.beta + T)

    def active(self, t):
        return (self.beta / (self.beta + t)) ** self.s

    def expected(self, t):
        r, alpha, s, b = self.r, self.alpha, self.s, self.beta
        if s == 1:
            return r / alpha * b * mp.log((b + t) / b)
        return r * b / (alpha * (s - 1)) * (1 - (b / (b + t)) ** (s - 1))

    def chance(self, k, t):
        r, alpha, s, b = self.r, self.alpha, self.s, self.beta
        with mp.workdps(30):
            left = lambda tau: s / b * (b / (b + tau)) ** (s + 1) * nbd(k, r, alpha, tau)
            return nbd(k, r, alpha, t) * self.active(t) + mp.quad(left, pieces(t, min(alpha, b)), maxdegree=8)

    def discounted(self, delta):
        r, alpha, s, b = self.r, self.alpha, self.s, self.beta
        # equation (2) of Fader, Hardie & Lee (2005), RFM and CLV, by its confluent hypergeometric function
        with mp.workdps(40):
            return r / alpha * b * mp.hyperu(1, 2 - s, delta * b)


class BetaBernoulli:
    def __init__(self, alpha, beta, gamma, delta):
        self.alpha, self.beta, self.gamma, self.delta = alpha, beta, gamma, delta

    def likelihood(self, x, t_x, n):
        a, b, g, d = self.alpha, self.beta, self.gamma, self.delta
        x, t_x, n = int(x), int(t_x), int(n)
        alive = beta(a + x, b + n - x) / beta(a, b) * beta(g, d + n) / beta(g, d)
        gone = [
            beta(a + x, b + t_x - x + i) / beta(a, b) * beta(g + 1, d + t_x + i) / beta(g, d) for i in range(n - t_x)
        ]
        return alive, mp.fsum(gone)

    def future(self, x, n):
        return BetaBernoulli(self.alpha + x, self.beta + n - x, self.gamma, self.delta + n)

    def active(self, n):
        return beta(self.gamma, self.delta + n) / beta(self.gamma, self.delta)

    def expected(self, n):
        a, b, g, d = self.alpha, self.beta, self.gamma, self.delta
        if g == 1:
            g += mp.mpf(10) ** -40
        ratio = mp.gamma(g + d) / mp.gamma(g + d + n) * mp.gamma(1 + d + n) / mp.gamma(1 + d)
        return a / (a + b) * d / (g - 1) * (1 - ratio)

    def chance(self, k, n):
        a, b, g, d = self.alpha, self.beta, self.gamma, self.delta
        n = int(n)
        if k > n:
            return mp.mpf(0)
        stayed = mp.binomial(n, k) * beta(a + k, b + n - k) / beta(a, b) * beta(g, d + n) / beta(g, d)
        return stayed + mp.fsum(
            mp.binomial(i, k) * beta(a + k, b + i - k) / beta(a, b) * beta(g + 1, d + i) / beta(g, d) for i in range(k, n)
        )

    def discounted(self, rate):
        a, b, g, d = self.alpha, self.beta, self.gamma, self.delta
        return a / (a + b) * d / (g + d) / (1 + rate) * hyp2f1(mp.mpf(1), d + 1, g + d + 1, 1 / (1 + rate))


def answers(name, parameters, histories, spans, counts):
    model = {
        "bg_nbd": lambda *p: Geometric(0, *p),
        "mbg_nbd": lambda *p: Geometric(1, *p),
        "pareto_nbd": Pareto,
        "bg_bb": BetaBernoulli,
    }[name]
    for p in parameters:
        for i, (x, t_x, T) in enumerate(histories):
            t, k, rate = spans[i % len(spans)], counts[i % len(counts)], "0.015"
            one = model(*map(mp.mpf, p))
            alive, gone = one.likelihood(int(x), mp.mpf(t_x), mp.mpf(T))
            p_alive = alive / (alive + gone)
            future = one.future(int(x), mp.mpf(T))
            count = p_alive * future.chance(k, mp.mpf(t)) + (1 - p_alive if k == 0 else 0)
            values = [
                mp.log(alive + gone),
                p_alive,
                p_alive * future.active(mp.mpf(t)),
                p_alive * future.expected(mp.mpf(t)),
                count,
                p_alive * future.discounted(mp.mpf(rate)),
            ]
            print(name, p, x, t_x, T, flush=True)
            yield [name, *p, x, t_x, T, t, k, rate, *map(text, values)]


CONTINUOUS = [
    ("0", "0", "0"),
    ("0", "0", "38.5"),
    ("2", "30.5", "38.75"),
    ("25", "20", "39"),
    ("7", "39", "39"),
    ("1", "0.125", "300"),
    ("300", "350", "365"),
    ("1000", "99", "100"),
]
DISCRETE = [
    ("0", "0", "0"),
    ("0", "0", "6"),
    ("4", "5", "6"),
    ("6", "6", "6"),
    ("1", "1", "52"),
    ("3", "200", "365"),
    ("300", "364", "365"),
]
GEOMETRIC = [
    ("0.242595", "4.413602", "0.792922", "2.425906"),
    ("0.5", "3", "1", "0.4"),
    ("1.1", "9", "1e-5", "0.5"),
    ("0.9", "10", "200", "5000"),
    ("40", "0.5", "0.2", "3"),
]
PARETO = [
    ("0.553277", "10.577684", "0.606240", "11.668732"),
    ("0.5", "3", "1", "30"),
    ("2", "40", "0.05", "0.01"),
    ("1.5", "0.01", "3", "80"),
    ("600", "9000", "0.4", "7"),
    ("0.8", "12", "500", "20000"),
]
BERNOULLI = [
    ("1.203522", "0.749715", "0.656722", "2.783442"),
    ("0.3", "2.5", "1", "4"),
    ("500", "1500", "0.01", "0.2"),
    ("1e-3", "0.02", "30", "900"),
]

if __name__ == "__main__":
    spans, counts = ["13", "52", "2", "104", "26"], [0, 1, 3, 0, 12, 2, 7]
    rows = [
        *answers("bg_nbd", GEOMETRIC, CONTINUOUS, spans, counts),
        *answers("mbg_nbd", GEOMETRIC, CONTINUOUS, spans, counts),
        *answers("pareto_nbd", PARETO, CONTINUOUS, spans, counts),
        *answers("bg_bb", BERNOULLI, DISCRETE, spans, counts),
    ]
    with open(os.path.join(HERE, "transaction_models.csv"), "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            "model,p1,p2,p3,p4,x,t_x,T,t,count,discount,"
            "ln_likelihood,p_alive,p_alive_at,expected_purchases,chance_of_count,discounted_purchases".split(",")
        )
        out.writerows(rows)
