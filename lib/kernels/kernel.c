/*
 * kernel.c - the kernels by name.
 *
 * Why here:   the catalogue of measures finds a kernel by the measure's name.
 * Method:     a list; there are few.
 * Threads:    constant data.
 */
#include "kernels.h"

#include <assert.h>
#include <string.h>

static const cc_kernel KERNELS[] = {
    {"revenue.movements", cc_movements_run, cc_movements_drill},
    {"revenue.retention", cc_retention_run, cc_retention_drill},
    {"revenue.cohorts", cc_cohorts_run, cc_cohorts_drill},
    {"customer.summary", cc_summary_run, cc_summary_drill},
    {"customer.rfm", cc_rfm_run, cc_rfm_drill},
    {"customer.points", cc_points_run, NULL},
    {"capital.structure", cc_structure_run, cc_structure_drill},
    {"revenue.lines", cc_lines_run, cc_lines_drill},
    {"revenue.retention_windowed", cc_windowed_run, cc_windowed_drill},
    {"model.fit", cc_model_fit_run, cc_model_fit_drill},
    {"model.holdout", cc_model_holdout_run, cc_model_holdout_drill},
    {"model.tracking", cc_model_tracking_run, cc_model_tracking_drill},
    {"customer.forecast", cc_forecast_run, cc_forecast_drill},
    {"customer.lifetime", cc_lifetime_run, cc_lifetime_drill},
    {"ecosystem.degree", cc_degree_run, cc_degree_drill},
    {"ecosystem.components", cc_components_run, cc_components_drill},
    {"ecosystem.core", cc_core_run, cc_core_drill},
    {"ecosystem.cuts", cc_cuts_run, cc_cuts_drill},
    {"ecosystem.pagerank", cc_pagerank_run, cc_pagerank_drill},
    {"ecosystem.network", cc_network_run, cc_network_drill},
};

const cc_kernel *
cc_kernel_find(const char *name)
{
    assert(name != NULL);

    for (size_t i = 0; i < sizeof KERNELS / sizeof KERNELS[0]; i++) {
        if (strcmp(KERNELS[i].name, name) == 0) {
            return &KERNELS[i];
        }
    }
    return NULL;
}

custcap_status
cc_answer_new(const cc_question *question, const cc_answer_column *columns,
              int64_t count, custcap_table **table, custcap_error *error)
{
    assert(question != NULL && columns != NULL);
    assert(table != NULL && count > 0);

    *table = NULL;
    CC_TRY(cc_table_new(cc_view_memory(question->view), table, error));
    for (int64_t i = 0; i < count; i++) {
        const custcap_status status = cc_table_add_column(
            *table, columns[i].name, columns[i].type, columns[i].merge,
            columns[i].scaled ? question->scale : 0, error);
        if (status != CUSTCAP_OK) {
            custcap_table_free(*table);
            *table = NULL;
            return status;
        }
    }
    return CUSTCAP_OK;
}
