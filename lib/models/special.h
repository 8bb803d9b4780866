/*
 * special.h - the special functions that the models need, no more.
 *
 * Ours, so that every C library gives the same digits (exp, log and their
 * like are the C library's) and no thread shares signgam.  Accuracy against
 * 40-digit values: tests/unit/test_model_special.c.
 */
#ifndef CC_MODELS_SPECIAL_H
#define CC_MODELS_SPECIAL_H

/* ln Gamma(x), x > 0. */
double cc_lgamma(double x);
/* Its derivative, x > 0. */
double cc_digamma(double x);
/* digamma(x + n) - digamma(x), in full precision for large x. */
double cc_digamma_rise(double x, double n);
/* ln B(a, b); a, b > 0. */
double cc_lbeta(double a, double b);
/* ln(Gamma(x + n) / Gamma(x)) without the difference of large numbers where n
 * is small against x; x > 0, n >= 0. */
double cc_lrise(double x, double n);
/* ln(e^a + e^b); -infinity is a legal zero. */
double cc_log_add(double a, double b);
/* ln(1 - e^-x), x > 0. */
double cc_log1mexp(double x);
/* (1 - e^-x) / x, 1 at 0; any finite x. */
double cc_expm1_ratio(double x);
/* 1 / (1 + e^x). */
double cc_logistic(double x);
/* e^z E_s(z) = integral over v > 0 of e^(-z v) (1 + v)^-s; s >= 0, z > 0.
 * It is Tricomi's U(1, 2 - s, z), and z^(s-1) U(s, s, z). */
double cc_expint(double s, double z);
/* ln E[(1 + p w)^-n], p ~ Beta(a, b); that is 2F1(n, a; a + b; -w). */
double cc_log_beta_power(double n, double a, double b, double w);
/* E[(1 - (1 + p w)^-n) / p], p ~ Beta(a, b), n, w >= 0. */
double cc_beta_loss(double n, double a, double b, double w);
/* The standard normal deviate below which a share of q lies, 0 < q < 1. */
double cc_normal_quantile(double q);

#endif
