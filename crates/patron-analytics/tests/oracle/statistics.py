"""Numbers for the unit tests in src/stats, computed with statsmodels 0.15.0 and scipy 1.17.1.

python statistics.py
"""
import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

PLAIN = [12, 15, 9, 20, 22, 18, 30, 25, 27, 35, 31, 40, 38]
TIED = [5, 5, 7, 5, 9, 7, 7, 2, 9, 9, 5, 11]
LONG = [10, 12, 15, 13, 18, 22, 19, 25, 30, 41, 60, 72,
        14, 15, 19, 16, 23, 25, 26, 28, 36, 43, 66, 75,
        17, 20, 21, 22, 24]


def line(y, x=None, lags=None):
    n = len(y)
    x = sm.add_constant(np.arange(n, dtype=float)) if x is None else x
    lags = int(4 * (n / 100) ** (2 / 9))
    fit = sm.OLS(np.asarray(y, float), x).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    k = x.shape[1] - 1
    low, high = fit.conf_int()[k]
    return fit.params[k], fit.bse[k], fit.pvalues[k], low, high, fit.ssr


def show(name, values):
    print(name, ", ".join(repr(float(v)) for v in values))


show("plain  slope se p low high rss", line(PLAIN))
show("tied   slope se p low high rss", line(TIED))
n, start = len(LONG), 3
month = [(start + t) % 12 for t in range(n)]
dummies = np.column_stack([[float(m == k) for m in month] for k in range(12)] + [np.arange(n, dtype=float)])
show("season slope se p low high rss", line(LONG, dummies))
plain, full = (sm.OLS(np.asarray(LONG, float), x).fit() for x in (sm.add_constant(np.arange(n, dtype=float)), dummies))
show("season F test p", [full.compare_f_test(plain)[1]])
for name, y in (("plain", PLAIN), ("tied", TIED), ("long", LONG)):
    t = stats.theilslopes(y, np.arange(len(y)), 0.95)
    show(f"{name} theil-sen slope low high", (t.slope, t.low_slope, t.high_slope))
show("wilson 18/60", proportion_confint(18, 60, method="wilson"))
show("z test 18/60 against 40/220", [proportions_ztest([18, 40], [60, 220])[1]])
show("bh", stats.false_discovery_control([.01, .04, .03, .005, .5, .2, .04]))

# watched days, event day (None: not seen)
PEOPLE = [(100, 5), (90, 30), (90, None), (80, 30), (60, None), (60, 60), (30, None), (20, 10), (10, None), (5, None)]
time = [e if e is not None else w for w, e in PEOPLE]
status = [int(e is not None) for _, e in PEOPLE]
curve = SurvfuncRight(time, status)
print("km times", curve.surv_times, "share", [repr(float(v)) for v in 1 - curve.surv_prob], "at risk", curve.n_risk)
v = np.cumsum(curve.n_events / (curve.n_risk * (curve.n_risk - curve.n_events)))
s = curve.surv_prob
reach = stats.norm.ppf(.975) * np.sqrt(v) / np.abs(np.log(s))
print("km low", [repr(float(x)) for x in 1 - s ** np.exp(-reach)], "high", [repr(float(x)) for x in 1 - s ** np.exp(reach)])
print("greenwood se", curve.surv_prob_se, "ours", s * np.sqrt(v))
