/*
 * optimise.h - the minimum of a smooth function of a few parameters, and
 * small symmetric matrices.
 */
#ifndef CC_MODELS_OPTIMISE_H
#define CC_MODELS_OPTIMISE_H

#include "base/error.h"
#include "kind.h"

/* Value (may be infinite: out of bounds) and slopes at a point. */
typedef custcap_status (*cc_objective)(void *context, const double *point,
                                       double *value, double *slope,
                                       custcap_error *error);

typedef struct cc_minimum {
    double value;
    double slope[CC_PARAMETERS_MAX];
    double point[CC_PARAMETERS_MAX];
    /* Guess of the inverse Hessian, row-major count x count. */
    double inverse[CC_PARAMETERS_MAX * CC_PARAMETERS_MAX];
    int32_t count;
    int32_t has_inverse; /* on entry: use it */
    int32_t converged;
    int64_t iterations;
} cc_minimum;

/* Coordinates stay within +-bound[i]. */
custcap_status cc_minimise(cc_objective objective, void *context,
                           const double *bound, int64_t iterations_max,
                           cc_minimum *minimum, custcap_error *error);
/* Second derivatives by central differences of the slopes. */
custcap_status cc_hessian(cc_objective objective, void *context,
                          const double *point, int32_t count,
                          double *hessian, custcap_error *error);
/* Eigenvalues and vectors (columns) of a symmetric matrix, which is lost. */
void cc_eigen(double *matrix, int32_t count, double *values,
              double *vectors);

#endif
