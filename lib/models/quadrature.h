/*
 * quadrature.h - integrals of positive functions given by their logarithm.
 */
#ifndef CC_MODELS_QUADRATURE_H
#define CC_MODELS_QUADRATURE_H

enum { CC_MOMENTS_MAX = 5, CC_GAUSS_POINTS = 12 };

/* Abscissas on (-1, 1) and weights, Gauss-Legendre of 12 points: exact for
 * polynomials of degree 23. */
extern const double cc_gauss_x[CC_GAUSS_POINTS];
extern const double cc_gauss_w[CC_GAUSS_POINTS];

/* ln f(u), where u = low + span p and p, q = 1 - p come as their logarithms,
 * so that neither end loses its digits; fills the moments asked for. */
typedef double (*cc_log_function)(const void *context, double log_p,
                                  double log_q, double *moments);

/* ln of the integral over p in (0, 1) of f, by the double exponential rule
 * (Takahasi, Mori 1974), refined until 13 digits stand; means[i] becomes the
 * mean of moment i under f. */
double cc_integrate_unit(cc_log_function f, const void *context, int moments,
                         double *means);

/* The integral of a smooth positive f over (0, high): Gauss panels, halved
 * until 12 digits stand. */
typedef double (*cc_function)(const void *context, double u);
double cc_integrate_panels(cc_function f, const void *context, double high);

#endif
